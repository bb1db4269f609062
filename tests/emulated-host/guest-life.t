#!/bin/bash
# machine: radeon
# timeout: 900
# The life of a guest, with a stand-in for QEMU: what is seen of it while it runs, and each way that it
# or its vfioadm can end. The devices come back, and are never taken from a QEMU that runs.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
mkdir -p /etc/vfioadm/guests /run/guest
cp tests/emulated-host/stand-in/qemu /run/guest/qemu
cp tests/fixtures/qemu/7.2.qmp /run/guest/answers
truncate -s 1M /run/guest/disk.img
chmod 600 /run/guest/disk.img
chmod 777 /run/guest
cat >/etc/vfioadm/guests/test.conf <<-END
	[guest]
	memory=256M
	machine=q35
	accel=tcg
	qemu=/run/guest/qemu
	[firmware]
	code=/usr/share/OVMF/OVMF_CODE_4M.fd
	vars=auto
	[disk system]
	file=/run/guest/disk.img
	[hostdev gpu]
	address=01:00.0
END
chmod 755 /run/guest
touch /run/guest/stand-in.log && chmod 666 /run/guest/stand-in.log

record() { sed -n "s/^$1=\([0-9]*\) .*/\1/p" /run/vfioadm/guests/test/guest; }
# shellcheck disable=SC2317 # ok and eventually call it
runs() { [ "$(vfioadm status --json | jq -r '.guests[].name')" = test ]; }
owner() { stat -c %U "$1"; }
# shellcheck disable=SC2317 # ok and eventually call it
gone() { ! kill -0 "$1" 2>/dev/null; }

# start BEHAVIOUR [OPTION...]: the guest, in the background, until it runs
start() {
	echo "$1" >/run/guest/behaviour
	: >/run/guest/stand-in.log
	shift
	vfioadm launch test "$@" 2>/run/guest/stderr &
	launcher=$!
	eventually 60 runs || diag "$(cat /run/guest/stderr)"
	# From then on the monitor is there to be asked.
	[ "${1-}" = --exec ] || eventually 60 grep -q 'guest test: runs' /run/guest/stderr
	qemu=$(record qemu)
}

is_back() { is "$(host_state)$(left_behind)" "$before" "$1: the devices are back, and nothing is left"; }

start powers-off
node=/dev/vfio/$(group $gpu)
exits 0 'status' vfioadm status --json
is "$(json '.guests[] | .name, .pid, .supervisor' | tr '\n' ' ')" "test $qemu $launcher " 'shows the guest that runs'
is "$(json '.guests[].devices[]' | tr '\n' ' ')" "$gpu $audio " 'and what it was given'
exits 0 'status' vfioadm status
like "$stdout" "test +$qemu +$launcher .*$gpu $audio" 'for people too'
ok 'QEMU has its devices' eventually 20 grep -q '^opened the node' /run/guest/stand-in.log
unlike "$(cat /run/guest/stand-in.log)" '^uid 0$' 'QEMU is not root'
user=$(stat -c %U "/proc/$qemu")
is "$(owner "$node") $(owner /run/guest/disk.img)" "$user $user" "the group's node and the disk are lent to its user"
is "$(owner /var/lib/vfioadm/test_VARS.fd) $(stat -c %a /var/lib/vfioadm/test_VARS.fd)" "$user 600" \
	"the firmware's settings are its own"
is "$(stat -c '%U %a' /run/vfioadm/guests/test /run/vfioadm/guests/test/qmp.sock)" 'root 755
root 600' "the monitor's socket is root's, in a directory of root's"
exits 1 'a second launch' vfioadm launch test
like "$stderr" "guest test: it runs already: QEMU is pid $qemu, its vfioadm pid $launcher" 'is refused, and says who runs'
exits 3 'unbind' vfioadm unbind 01:00.0
like "$stderr" 'device-in-use' 'is refused: the guest has the card'
exits 0 'recover' vfioadm recover
like "$stderr" 'nothing to recover' 'leaves it alone'
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'the guest has kept its devices'
kill -TERM $launcher
exits 0 'SIGTERM: the guest powers off' wait $launcher
is_back 'SIGTERM'
is "$(owner /run/guest/disk.img)" root 'the disk is root'\''s again'

start refuses
kill -TERM $launcher
exits 3 'a guest that cannot be asked: QEMU quits' wait $launcher
is_back 'refused'

start powers-off
kill -KILL "$qemu"
exits 137 'QEMU killed: 128 + 9' wait $launcher
is_back 'QEMU killed'

start powers-off
kill -KILL $launcher
exits 137 'vfioadm killed' wait $launcher
ok 'QEMU runs on' kill -0 "$qemu"
exits 0 'status' vfioadm status --json
is "$(json '.guests[] | .name, .pid, .supervisor' | tr '\n' ' ')" "test $qemu null " 'says that nobody supervises it'
exits 5 'recover while QEMU runs' vfioadm recover
like "$stderr" "guest test: its QEMU \(pid $qemu\) runs" 'names its process'
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'and pulls nothing from under it'
exits 1 'a second launch' vfioadm launch test
like "$stderr" "pid $qemu" 'is refused, too'
kill -KILL "$qemu"
eventually 20 gone "$qemu"
exits 0 'status' vfioadm status
like "$stderr" 'guest test: it was interrupted' 'tells of the interrupted guest'
exits 1 'launch before recover' vfioadm launch test
like "$stderr" 'run vfioadm recover' 'says what to do'
# Another process with the number that QEMU had is not taken for it.
sed -i "s/^qemu=.*/qemu=$$ 1/" /run/vfioadm/guests/test/guest
exits 0 'recover dry run' vfioadm recover --dry-run
like "$stdout" 'bind' 'shows the steps'
exits 0 'recover once it is gone' vfioadm recover
is_back 'both killed'
is "$(owner /run/guest/disk.img)" root 'the disk is root'\''s again'

# Killed within the bind, at a few of the journal's lines.
echo powers-off >/run/guest/behaviour
for when in 2 9 19 21; do
	strace -qq -o /dev/null -e trace=fdatasync -e "inject=fdatasync:signal=SIGKILL:when=$when" \
		vfioadm launch test 2>/dev/null
	is "$?" 137 "killed at line $when of the journal"
	eventually 20 sh -c '! pgrep -x vfioadm-helper'
	exits 0 'recover' vfioadm recover
	is_back "line $when"
done

echo fails >/run/guest/behaviour
exits 7 'QEMU that fails at once: its own status' vfioadm launch test
is_back 'fails at once'

echo powers-off >/run/guest/behaviour
exits 0 'launch --detach returns when the guest runs' vfioadm launch test --detach
ok 'it does' runs
launcher=$(record supervisor)
kill -TERM "$launcher"
ok 'its vfioadm ends on SIGTERM' eventually 60 gone "$launcher"
is_back 'detached'
like "$(cat /var/log/vfioadm/test.log)" 'asked to power off' 'and has kept a log'
echo fails >/run/guest/behaviour
exits 7 'launch --detach of a QEMU that fails: its status' vfioadm launch test --detach
like "$stderr" '/var/log/vfioadm/test.log' 'and where to look'
is_back 'detached and failed'

start powers-off --exec
is "$qemu $(cat "/proc/$launcher/comm")" "$launcher qemu" '--exec becomes QEMU'
exits 5 'recover leaves it alone' vfioadm recover
kill -KILL "$qemu"
wait $launcher
exits 0 'recover is what gives back' vfioadm recover
is_back 'exec'

# As a service manager would start it.
echo powers-off >/run/guest/behaviour
NOTIFY_SOCKET=/run/guest/notify python3 -c '
import os, signal, socket, subprocess
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/guest/notify")
p = subprocess.Popen(["vfioadm", "launch", "test"])
print(s.recv(999).split(b"\n")[0].decode())
p.terminate()
print(s.recv(999).split(b"\n")[0].decode())
print(p.wait())' >/run/guest/told 2>/dev/null
is "$(tr '\n' ' ' </run/guest/told)" 'READY=1 STOPPING=1 0 ' 'a service manager is told'
is_back 'notify'

rm -r /run/vfioadm/guests/test
ln -s /run/guest /run/vfioadm/guests/test
exits 1 'a symbolic link in the place of the directory' vfioadm launch test
like "$stderr" 'run/vfioadm/guests/test' 'is refused by name'
rm /run/vfioadm/guests/test
mkdir -m 777 /run/vfioadm/guests/test
exits 1 'a directory that others can write' vfioadm launch test
like "$stderr" 'run/vfioadm/guests/test' 'is refused by name'
rmdir /run/vfioadm/guests/test
touch /run/vfioadm/guests/foreign
exits 0 'a foreign file there' vfioadm status
exits 0 'troubles nobody' vfioadm recover
rm /run/vfioadm/guests/foreign
cp /etc/vfioadm/guests/test.conf '/etc/vfioadm/guests/..conf'
exits 2 'a name that is none' vfioadm launch /etc/vfioadm/guests/..conf
is_back 'hostile names'

sed -i 's/^qemu=.*/&\nuser=absent/' /etc/vfioadm/guests/test.conf
exits 1 'a user that does not exist' vfioadm launch test
like "$stderr" 'absent: there is no such user' 'is named'
is_back 'no user'
sed -i 's/^user=.*/user=nobody/; s|^file=.*|file=/root/closed/disk.img|' /etc/vfioadm/guests/test.conf
mkdir -p /root/closed && chmod 700 /root/closed && truncate -s 1M /root/closed/disk.img
exits 1 'a disk in a closed directory' vfioadm launch test
like "$stderr" 'test.conf:[0-9]+: /root/closed/disk.img: nobody, whom QEMU runs as, cannot write it' 'is named by line'
is_back 'closed'
done_testing
