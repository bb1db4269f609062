#!/bin/bash
# machine: guest-access
# timeout: 600
# What QEMU's user, who is not root, may use of what a guest file names: given open, lent for the time, or
# refused before the host gives up the card. A stand-in tells what QEMU finds.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

modprobe -a tun vhost_net
ip link add br0 type bridge && ip link set br0 up
ip tuntap add dev tap0 mode tap
before=$(host_state)
mkdir -p /etc/vfioadm/guests /etc/qemu /run/guest/out
chmod 777 /run/guest/out
cat >/run/guest/qemu <<-END
	#!/bin/sh
	case "\$*" in *'-machine none'*) exec cat $PWD/tests/fixtures/qemu/7.2.qmp ;; esac
	exec >/run/guest/out/seen
	echo "user \$(id -un)"
	for fd in 96 97; do echo "\$fd \$(readlink /proc/self/fd/\$fd)"; done
	echo "ports \$(ls /sys/class/net/br0/brif | tr '\n' ' ')"
	for node in /dev/bus/usb/*/*; do [ -w \$node ] && echo "can write \$node"; done
	exit 0
END
chmod 755 /run/guest/qemu

# guest LINE...: a guest with the first card and these lines
guest() {
	printf '%s\n' '[guest]' "memory=${memory-64M}" accel=tcg "qemu=${qemu-/run/guest/qemu}" user=nobody '[firmware]' \
		code=/usr/share/OVMF/OVMF_CODE_4M.fd "${card[@]}" "$@" >/etc/vfioadm/guests/test.conf
}
card=('[hostdev gpu]' address=01:00.0)
seen() { cat /run/guest/out/seen; }
is_back() { is "$(host_state)$(left_behind)$(ls /sys/class/net/br0/brif)" "$before" "$1: all is as before"; }

# refused DESCRIPTION PATTERN...: this guest is refused for each of the reasons, with nothing changed;
# all that is said is in $problems
refused() {
	local description=$1 pattern
	shift
	rm -f /run/guest/out/seen
	exits 1 "$description" vfioadm launch test
	problems=$stderr
	for pattern; do
		like "$problems" "test.conf:[0-9]+: .*$pattern" "$pattern"
	done
	not_ok "$description: QEMU does not start" test -e /run/guest/out/seen
	is_back "$description"
}

guest '[net lan]' bridge=br0 model=virtio
exits 0 'a bridge' vfioadm launch test
like "$(seen)" 'user nobody' 'QEMU is not root'
like "$(seen)" '96 /dev/net/tun' 'and is given a tap'
like "$(seen)" '97 /dev/vhost-net' "and the kernel's vhost"
like "$(seen)" 'ports vfioadm0 $' 'the tap is a port of the bridge'
is_back 'bridge'
exits 0 'the same with --exec' vfioadm launch test --exec
like "$(seen)" '96 /dev/net/tun' 'which keeps the tap'
like "$(seen)" 'ports vfioadm0 $' 'on the bridge'
exits 0 'recover after it' vfioadm recover
is_back 'exec'

guest '[net lan]' tap=tap0 '[net second]' user=yes
exits 0 'a tap that is there' vfioadm launch test
like "$(seen)" '96 /dev/net/tun' 'is given open'
like "$(seen)" '97 $' 'without vhost, which is virtio'\''s'
is_back 'tap'
guest '[net a]' tap=tap0 '[net b]' tap=tap0
refused 'a tap that is taken' 'tap0: another guest, or some other process, has this tap'

# usb_node IDS: of the only device with them
usb_node() {
	local device
	device=$(dirname "$(grep -lx "${1#*:}" /sys/bus/usb/devices/*/idProduct)")
	[ "$(cat "$device/idVendor")" = "${1%:*}" ] &&
		printf '/dev/bus/usb/%03d/%03d' "$(cat "$device/busnum")" "$(cat "$device/devnum")"
}
node=$(usb_node 08e6:4433)
owner=$(stat -c %U:%G "$node")
guest '[usb reader]' ids=08e6:4433
exits 0 'a USB device' vfioadm launch test
is "$(seen | grep 'can write')" "can write $node" 'is lent, and no other'
is "$(stat -c %U:%G "$node")" "$owner" 'and given back'
port=$(basename "$(dirname "$(grep -lx 4433 /sys/bus/usb/devices/*/idProduct)")")
guest '[usb front]' "port=$port"
exits 0 'a USB port' vfioadm launch test
is "$(seen | grep 'can write')" "can write $node" 'the same for what is there'

mkdir -p /run/guest/closed /run/guest/own /run/guest/huge
chmod 700 /run/guest/closed && chown nobody /run/guest/own
echo 40 >/proc/sys/vm/nr_hugepages && mount -t hugetlbfs -o pagesize=2M none /run/guest/huge
touch /dev/shm/looking-glass && chmod 600 /dev/shm/looking-glass
# An image of root's, which another stands on.
truncate -s 1M /run/guest/base.img && chmod 600 /run/guest/base.img
qemu-img create -q -f qcow2 -F raw -b base.img /run/guest/disk.qcow2
echo 'deny br0' >/etc/qemu/bridge.conf
closed=/run/guest/closed/socket
guest '[monitor]' unix=$closed '[qmp q]' unix=$closed '[vnc]' unix=$closed '[spice]' ticketing=off unix=$closed \
	'[serial s]' type=unix path=$closed '[qmp none]' unix=/run/guest/none/socket '[qmp file]' unix=/etc/passwd \
	'[net lan]' bridge=br0 '[net other]' bridge=br1 '[usb pointer]' ids=0627:0001 '[looking-glass]' \
	'[memory]' hugepages=2M path=/run/guest/huge '[disk a]' file=/run/guest/none.img \
	'[disk b]' file=/run/guest/disk.qcow2 format=qcow2
refused 'all that can be wrong at once' \
	'/run/guest/none: there is no such directory' '/etc/passwd: is there and no socket' \
	'bridge=br0: a line of /etc/qemu/bridge.conf denies it' 'bridge=br1: this host has no such bridge' \
	'.usb pointer.: 2 devices with the ids 0627:0001 are plugged in' '/dev/shm/looking-glass: nobody, .*systemd-tmpfiles' \
	'/run/guest/huge: nobody, .*leave path= out' '/run/guest/none.img: is not there' \
	'/run/guest/base.img: nobody, whom QEMU runs as, cannot read it: .*setfacl'
is "$(grep -c '/run/guest/closed: nobody, whom QEMU runs as, cannot write it: .*install -d -o USER' <<<"$problems")" 5 \
	'a closed directory for each of five sockets'
rm /dev/shm/looking-glass
memory=100G guest
exits 3 'more memory than there is' vfioadm launch test
like "$stderr" 'memory-low' 'is found'
is_back 'memory'

# The real QEMU, as that user, with all of it; what it has is asked by a socket that it made. A line
# of bridge.conf that allows another bridge is for users, and the guest file is root's word.
echo 'allow br1' >/etc/qemu/bridge.conf
umount /run/guest/huge && mount -t hugetlbfs -o pagesize=2M,uid=65534,mode=700 none /run/guest/huge
own=/run/guest/own
echo secret >/run/guest/password && chmod 600 /run/guest/password
qemu=qemu-system-x86_64 guest '[monitor]' unix=$own/monitor '[qmp q]' unix=$own/qmp '[vnc]' unix=$own/vnc \
	'[spice]' password-file=/run/guest/password unix=$own/spice '[serial s]' type=unix path=$own/serial \
	'[net lan]' bridge=br0 '[net tap]' tap=tap0 model=virtio '[usb reader]' ids=08e6:4433 \
	'[input keyboard]' evdev=/dev/input/event0 '[looking-glass]' size=1M \
	'[memory]' hugepages=2M path=/run/guest/huge '[extra name]' option=-uuid value=00000000-0000-0000-0000-00000000c0de
exits 0 'the real QEMU' vfioadm launch test --detach --stop-timeout 1 || diag "$(cat /var/log/vfioadm/test.log)"
launcher=$(sed -n 's/^supervisor=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/test/guest)
pid=$(sed -n 's/^qemu=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/test/guest)
is "$(ps -o user= -p "$pid")" nobody 'is not root'
is "$(grep -E '^(CapEff|CapPrm|Seccomp):' "/proc/$pid/status" | tr -s '\t\n' ' ')" \
	'CapPrm: 0000000000000000 CapEff: 0000000000000000 Seccomp: 2 ' 'has no capability, and a filter'
is "$(ps -o sid= -p "$pid" | tr -d ' ')" "$pid" 'and no terminal of ours'
is "$(stat -c '%U %a' $own/* | sort -u)" 'nobody 600' 'its sockets are for nobody else'
# ask COMMAND: QEMU's monitor, by the socket of [qmp q]
ask() {
	python3 -c 'if True:
		import json, socket, sys
		connection = socket.socket(socket.AF_UNIX)
		connection.connect(sys.argv[1])
		stream = connection.makefile("rw")
		stream.readline()
		for command in [{"execute": "qmp_capabilities"}, {"execute": "human-monitor-command",
				"arguments": {"command-line": sys.argv[2]}}]:
			stream.write(json.dumps(command) + "\n")
			stream.flush()
			answer = {}
			while "return" not in answer:
				answer = json.loads(stream.readline())
		print(answer["return"])' $own/qmp "$1"
}
like "$(ask 'info usb')" 'usb-host|CCID' 'it has the USB device'
like "$(ask 'info network')" 'net-lan: .*type=tap' 'and its taps'
like "$(ask 'info uuid')" '0000c0de' 'and the argument that is passed on as it is'
is "$(ls /sys/class/net/br0/brif)" vfioadm0 'one of them on the bridge'
is "$(stat -c %U "$node" /dev/input/event0 /run/guest/password | tr '\n' ' ')" 'nobody nobody nobody ' 'what it had to open is lent'
kill -TERM "$launcher"
ok 'it ends' eventually 120 sh -c "! kill -0 $launcher 2>/dev/null"
is "$(stat -c %U:%G "$node" /dev/input/event0 /run/guest/password | tr '\n' ' ')" "$owner root:input root:root " 'and is given back'
is_back 'the real QEMU'
rm -f /etc/qemu/bridge.conf /dev/shm/looking-glass
echo 0 >/proc/sys/vm/nr_hugepages

# The only network card there is, by ids; two cards of one kind; none.
nic=0000:03:00.0
card=('[hostdev nic]' ids=8086:10d3)
guest
exits 0 'a device by its ids' vfioadm launch test -n --json
is "$(json '.plan[] | select(.step == "bind") | .subject')" $nic 'is the one that has them'
like "$(json '.argv[]')" "vfio-pci,host=$nic," 'and QEMU is told its address'
exits 0 'launch' vfioadm launch test
like "$(seen)" 'user nobody' 'gives it away'
card=('[hostdev gpu]' ids=1002:5159)
guest
refused 'ids of two cards' '1002:5159: 2 devices have these ids: .*0000:01:00.0.*0000:02:00.0'
card=('[hostdev gpu]' ids=1002:ffff)
guest
refused 'ids of none' '1002:ffff: no device has these ids'

# QEMU without seccomp says so when it is asked.
sed -i 's|exec cat \(.*qmp\) ;;|exec grep -v \\"sandbox\\" \1 ;;|' /run/guest/qemu
card=('[hostdev gpu]' address=01:00.0)
guest
exits 0 'a QEMU without a sandbox' vfioadm launch test -n --json
is "$(json '.findings[] | select(.id == "no-sandbox") | .severity')" warn 'is told'
unlike "$(json '.argv[]')" '-sandbox' 'and not asked for one'
exits 0 'launch' vfioadm launch test
is_back 'without a sandbox'
done_testing
