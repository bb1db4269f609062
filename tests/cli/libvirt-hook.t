#!/bin/bash
# libvirt's hook, run as libvirt runs it, with the XML that it gives and a stand-in for vfioadm that notes what it
# is asked: which devices are taken when, and given back when. With vfioadm itself it is in
# tests/emulated-host/bind.t.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

if ! command -v xmllint >/dev/null; then
	[ -z "${CI-}" ] || { not_ok 'xmllint is installed' true; exit 1; }
	skip_all 'no xmllint here: contrib/install-packages check'
fi

export VFIOADM_HOOK_ROOT=$tap_dir/root
record=$VFIOADM_HOOK_ROOT/run/vfioadm-libvirt/guest-win11
mkdir -p "$tap_dir/bin" "$VFIOADM_HOOK_ROOT/sys/bus/pci/devices"
cat >"$tap_dir/bin/vfioadm" <<END
#!/bin/sh
echo "\$*" >>$tap_dir/calls
[ ! -e "$tap_dir/\$1" ] || . "$tap_dir/\$1"
END
# libvirt's own tools must not be called: each would wait for libvirt, which waits for the hook.
printf '#!/bin/sh\necho "virsh $*" >>%s/calls\n' "$tap_dir" >"$tap_dir/bin/virsh"
chmod +x "$tap_dir/bin/"*
calls() { cat "$tap_dir/calls" 2>/dev/null; rm -f "$tap_dir/calls"; }

# hostdev MANAGED BUS SLOT FUNCTION, as libvirt formats it for a guest that runs
hostdev() {
	cat <<-END
		    <hostdev mode='subsystem' type='pci'$1>
		      <driver name='vfio'/>
		      <source>
		        <address domain='0x0000' bus='0x$2' slot='0x$3' function='0x$4'/>
		      </source>
		      <alias name='hostdev0'/>
		      <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>
		    </hostdev>
	END
}
no=" managed='no'" yes=" managed='yes'"
# domain DEVICES: the XML of a guest, with other devices beside them
domain() {
	cat <<-END
		<domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
		  <name>win11</name>
		  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
		  <metadata>
		    <note xmlns='urn:x'><hostdev mode='subsystem' type='pci' managed='no'><source>
		      <address domain='0x0000' bus='0x66' slot='0x00' function='0x0'/></source></hostdev></note>
		  </metadata>
		  <memory unit='KiB'>8388608</memory>
		  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
		  <devices>
		    <disk type='file' device='disk'>
		      <driver name='qemu' type='qcow2'/>
		      <source file='/var/lib/libvirt/images/win11.qcow2'/>
		      <target dev='vda' bus='virtio'/>
		      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
		    </disk>
		    <hostdev mode='subsystem' type='usb' managed='no'>
		      <source><vendor id='0x046d'/><product id='0xc52b'/><address bus='1' device='4'/></source>
		      <address type='usb' bus='0' port='1'/>
		    </hostdev>
		$1
		  </devices>
		  <qemu:commandline><qemu:arg value='-no-user-config'/></qemu:commandline>
		</domain>
	END
}
# shellcheck disable=SC2317 # exits calls it
hook() { PATH=$tap_dir/bin:$PATH "$here/contrib/libvirt/qemu-hook" "$@" <<<"$xml"; }
# silent CODE DESCRIPTION ARGUMENT...: with that code, and nothing that libvirt would take for XML
silent() {
	local code=$1 description=$2
	shift 2
	exits "$code" "$description" hook "$@"
	is "$stdout" '' 'standard output stays empty'
}

card=$(hostdev "$no" 01 00 0; hostdev "$no" 01 00 1)
xml=$(domain "$card")
silent 0 'a guest is about to start' win11 prepare begin -
is "$(calls)" 'bind 0000:01:00.0 0000:01:00.1' 'its devices are taken, in one'
is "$(cat "$record")" '0000:01:00.0
0000:01:00.1' 'and noted'
for step in 'start begin -' 'started begin -' 'reconnect begin -' 'attach begin -' 'migrate begin -' 'restore begin -' \
	'stopped end -' 'prepare end -' 'release begin -' 'define begin -' '- - -'; do
	# shellcheck disable=SC2086 # words
	silent 0 "$step" win11 $step
done
is "$(calls)" '' 'of these, nothing is done'
silent 0 'a guest has ended' win11 release end shutdown
is "$(calls)" 'unbind 0000:01:00.0 0000:01:00.1' 'its devices are given back'
not_ok 'and forgotten' test -e "$record"
silent 0 'it has ended again' win11 release end -
is "$(calls)" '' 'which is nothing to do'

# Whose devices these are not.
xml=$(domain "$(hostdev "$yes" 01 00 0)")
silent 0 "managed='yes'" win11 prepare begin -
silent 0 'its end' win11 release end -
is "$(calls)" '' "is libvirt's"
xml=$(domain '')
silent 0 'a guest without PCI devices' win11 prepare begin -
silent 0 'its end' win11 release end -
is "$(calls)" '' 'is nothing to do'
xml="<domain type='kvm'><name>plain</name><devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>"
mkdir "$tap_dir/few" && for tool in sh cat; do ln -s "$(command -v $tool)" "$tap_dir/few"; done
exits 0 'a guest without host devices, where xmllint is missing' \
	env PATH="$tap_dir/few" "$here/contrib/libvirt/qemu-hook" plain prepare begin - <<<"$xml"
xml=$(domain "$card")
exits 1 'a guest with some, where xmllint is missing' \
	env PATH="$tap_dir/few" "$here/contrib/libvirt/qemu-hook" win11 prepare begin - <<<"$xml"
like "$stderr" 'xmllint is not installed.*libxml2-utils' 'says what to install'

# Mixed, without the attribute, a long address; a claim's.
xml=$(domain "$(hostdev "$yes" 02 00 0; hostdev '' 0a 1f 7; hostdev "$no" 01 00 0)" | sed "s/domain='0x0000' bus='0x0a'/domain='0x10000' bus='0xe1'/")
silent 0 "managed='no' and not, mixed" win11 prepare begin -
is "$(calls)" 'bind 10000:e1:1f.7 0000:01:00.0' "all but managed='yes' are taken"
run hook win11 release end -
calls >/dev/null
mkdir -p "$VFIOADM_HOOK_ROOT/sys/bus/pci/drivers/vfio-pci" "$VFIOADM_HOOK_ROOT/sys/bus/pci/devices/0000:01:00.0"
ln -s ../../drivers/vfio-pci "$VFIOADM_HOOK_ROOT/sys/bus/pci/devices/0000:01:00.0/driver"
xml=$(domain "$card")
silent 0 'a device that vfio-pci has already' win11 prepare begin -
is "$(calls)" 'bind 0000:01:00.1' 'is not taken'
silent 0 'its end' win11 release end -
is "$(calls)" 'unbind 0000:01:00.1' 'and not given back'
xml=$(domain "$(hostdev "$no" 01 00 0)")
run hook win11 prepare begin -
run hook win11 release end -
is "$(calls)" '' 'a guest with no other: nothing is done'
rm -r "$VFIOADM_HOOK_ROOT/sys/bus/pci/devices/0000:01:00.0"

# Failures.
xml=$(domain "$card")
echo 'echo "vfioadm: 0000:01:00.1: radeon does not let go" >&2; exit 4' >"$tap_dir/bind"
silent 1 'a bind that fails' win11 prepare begin -
like "$stderr" '^vfioadm: 0000:01:00.1: radeon does not let go' "vfioadm's message is there"
like "$stderr" 'libvirt guest win11: vfioadm bind 0000:01:00.0 0000:01:00.1 failed' 'and who says so'
calls >/dev/null
silent 0 'the release that libvirt then calls' win11 release end failed
is "$(calls)" '' 'gives nothing back: bind has'
# shellcheck disable=SC2016 # for the stand-in, whose parent is flock
echo 'kill -9 "$(cut -d " " -f 4 /proc/$PPID/stat)"' >"$tap_dir/bind"
not_ok 'killed in between' hook win11 prepare begin -
rm "$tap_dir/bind"
calls >/dev/null
silent 0 'the release after that' win11 release end crashed
is "$(calls)" 'unbind 0000:01:00.0 0000:01:00.1' 'gives back what may have been taken'
run hook win11 prepare begin -
echo 'echo "vfioadm: 0000:01:00.0: the guest is there" >&2; exit 3' >"$tap_dir/unbind"
silent 1 'an unbind that fails' win11 release end -
like "$stderr" '^vfioadm: 0000:01:00.0: the guest is there' 'says why'
like "$stderr" 'win11: still with vfio-pci: vfioadm unbind 0000:01:00.0 0000:01:00.1  gives them back' 'and what to do'
rm "$tap_dir/unbind"
calls >/dev/null
silent 0 'the next release' win11 release end -
is "$(calls)" 'unbind 0000:01:00.0 0000:01:00.1' 'has not forgotten them'
# shellcheck disable=SC2016 # for the stand-in
echo 'sleep 60 & echo $! >>'"$tap_dir/sleepers" >"$tap_dir/bind"
begin=$SECONDS
hook win11 prepare begin - 2>&1 | cat >"$tap_dir/output"
is "$(cat "$tap_dir/output")" '' 'a bind that leaves a process behind'
rm "$tap_dir/bind"
hook win11 release end - 2>&1 | cat >"$tap_dir/output"
is "$(cat "$tap_dir/output")" '' 'and the unbind after it'
ok 'neither keeps a pipe open, nor the other away' test $((SECONDS - begin)) -lt 30
calls >/dev/null
xargs kill <"$tap_dir/sleepers"

# Two guests.
run hook one prepare begin -
xml=$(domain "$(hostdev "$no" 02 00 0)")
run hook two prepare begin -
run hook one release end -
is "$(calls)" 'bind 0000:01:00.0 0000:01:00.1
bind 0000:02:00.0
unbind 0000:01:00.0 0000:01:00.1' 'each guest has its own'
run hook two release end -
calls >/dev/null

# Bad input.
for xml in "<domain><devices>$(hostdev "$no" 01 00 0)" "$(domain "$(hostdev "$no" 'zz' 00 0)")" \
	"$(domain "$(hostdev "$no" '1; reboot' 00 0)")" "$(domain "$(hostdev "$no" 01 00 0)" | sed "s/ slot='0x00' function/ function/")"; do
	exits 1 'XML that cannot be understood' hook win11 prepare begin -
	like "$stderr" 'libvirt guest win11: its PCI devices cannot be read' 'is told'
done
for name in '' ../../etc/passwd; do
	exits 1 "a guest named \"$name\"" hook "$name" prepare begin -
done
is "$(calls)" '' 'and nothing is done for any of these'
is "$(ls -A "${record%/*}")" lock 'nothing is left behind'
done_testing
