#!/bin/bash
# machine: two-radeons
# kernel: vfio
# debian-13: qemu-system-x86
# timeout: 600
# A kernel with vfio built in, and with iommufd: a claim is won at boot, and a guest gets the other card by
# open files, without access to a node.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

second=0000:02:00.0 sound=0000:02:00.1
log=$(dmesg)

# --- The claim (vfio-built-in.early): nothing is loaded for it, and it is there before the GPU driver.
is "$(find "/usr/lib/modules/$(uname -r)" -name '*vfio*.ko*')" '' 'vfio is no module here'
like "$(cat /run/early-output)" 'early: 0' 'claim apply --early'
like "$log" "vfioadm: claim gpu: $second: won" 'has won, says the kernel log'
like "${log%%nouveau: loading*}" "vfioadm: claim gpu: $second: won" 'before the GPU driver was loaded'
is "$(drivers $second $sound $gpu)" 'vfio-pci vfio-pci nouveau ' 'the GPU driver has the other card'
exits 0 'claim verify' vfioadm claim verify
like "$stdout" "gpu +$second +won" 'says so'
run vfioadm check 01:00.0 --json
like "$(json '.findings[] | select(.id == "vfio-built-in") | .message')" 'part of this kernel' \
	'check tells that vfio is built in'
exits 0 'bind --dry-run' vfioadm bind 01:00.0 --dry-run --json
is "$(json '[.plan[] | select(.step == "load-module")] | length')" 0 'has no module to load'

# --- The guest.
all_state() { host_state; left_behind | sort; }
before=$(all_state)
mkdir -p /etc/vfioadm/guests /run/guest
cat >/run/guest/qemu-10 <<END
#!/bin/sh
exec $DEBIAN_13/run usr/bin/qemu-system-x86_64 -L $DEBIAN_13/usr/share/qemu "\$@"
END
chmod 755 /run/guest /run/guest/qemu-10
# QEMU looks for its modules there whatever its own place is, and those of another release stop it.
qemu_modules=usr/lib/x86_64-linux-gnu/qemu
mount --bind "$DEBIAN_13/$qemu_modules" /$qemu_modules
tests/emulated-host/shell-disk /run/guest/disk.img pci

# write_guest QEMU VFIO
write_guest() {
	cat >/etc/vfioadm/guests/test.conf <<-END
		[guest]
		memory=128M
		machine=q35
		accel=tcg
		qemu=$1
		vfio=$2
		[cpu]
		model=max
		[firmware]
		code=/usr/share/OVMF/OVMF_CODE_4M.fd
		[disk startup]
		file=/run/guest/disk.img
		[hostdev gpu]
		address=01:00.0
		[hostdev audio]
		address=01:00.1
		[serial console]
		type=file
		path=/run/guest/serial
	END
}

# shellcheck disable=SC2317 # called by eventually
runs_or_ended() { grep -q 'guest test: runs' /run/guest/stderr || ! kill -0 "$launcher" 2>/dev/null; }

# start: the guest, in the background, until it runs
start() {
	vfioadm launch test --stop-timeout 1 2>/run/guest/stderr &
	launcher=$!
	eventually 200 runs_or_ended
	grep -q 'guest test: runs' /run/guest/stderr || diag "$(cat /run/guest/stderr)"
	qemu=$(sed -n 's/^qemu=\([0-9]*\) .*/\1/p' /run/vfioadm/guests/test/guest)
}
# What QEMU has open that fits a pattern: descriptor and path
files() { find "/proc/$qemu/fd" -lname "$1" -printf '%f %l\n' | sort -n; }
# shellcheck disable=SC2317 # called by ok
as_its_user() { setpriv --reuid "$(stat -c %u "/proc/$qemu")" --regid "$(stat -c %g "/proc/$qemu")" --clear-groups "$@"; }
argv() { json '.argv | join(" ")'; }
is_back() { is "$(all_state)" "$before" "$1: the devices are back"; }

write_guest /run/guest/qemu-10 auto
exits 0 'launch --dry-run, of a QEMU with iommufd' vfioadm launch test --dry-run --json
like "$(argv)" 'iommufd,id=iommufd0,fd=64 .*vfio-pci,fd=65,iommufd=iommufd0.*vfio-pci,fd=66,iommufd=iommufd0' \
	'shows the open files'
start
name=$(basename /sys/bus/pci/devices/$gpu/vfio-dev/*) node=/dev/vfio/$(group $gpu)
is "$(files /dev/iommu | head -n 1) $(files "/dev/vfio/devices/$name" | head -n 1)" \
	"64 /dev/iommu 65 /dev/vfio/devices/$name" 'QEMU has them'
is "$(files '/dev/vfio/[0-9v]*')" '' 'and neither group nor container'
is "$(sed -n 's/^Groups:[[:space:]]*//p' "/proc/$qemu/status" | xargs -n 1 | sort)" \
	"$(id -G "$(stat -c %U "/proc/$qemu")" | xargs -n 1 | sort)" 'it is in the groups of its user, and in no other'
for file in "/dev/vfio/devices/$name" /dev/iommu "$node"; do
	ok "its user may not open $file" as_its_user test ! -r "$file" -a ! -w "$file"
done
like "$( (exec 5<>"$node") 2>&1)" 'resource busy' 'the kernel has the card bound to iommufd: its group is busy'
ok 'the guest ends' wait $launcher
serial=$(tr -d '\r' </run/guest/serial)
like "$serial" 'Vendor 1002 Device 5159' 'OVMF in the guest has seen the card'
like "$serial" 'Vendor 8086 Device 2668' 'and its sound function'
is_back 'by open files'

# by_group WHAT: the guest of now gets the card by its group
by_group() {
	exits 0 "$1: launch --dry-run" vfioadm launch test --dry-run --json
	unlike "$(argv)" 'iommufd|vfio-pci,fd=' 'shows no open files'
	like "$(argv)" "vfio-pci,host=$gpu" 'but the address'
	start
	like "$(files '/dev/vfio/*')" "$node" 'QEMU has opened the group'
	is "$(files /dev/iommu)" '' 'and not /dev/iommu'
	kill -TERM $launcher
	wait $launcher
	is_back "$1"
}

write_guest /run/guest/qemu-10 group
by_group 'vfio=group'

# QEMU 7.2 has no iommufd.
umount /$qemu_modules
write_guest "$(command -v qemu-system-x86_64)" auto
if qemu-system-x86_64 -object help | grep -q iommufd; then
	skip 'a QEMU without iommufd' "this machine's has it"
else
	by_group 'a QEMU without iommufd'
fi
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
