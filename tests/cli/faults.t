#!/bin/bash
# Each system call of commands that look fails in turn. None may crash, hang or be silent, and what is
# in the way of a bind must never be overlooked. FAULTS=all: every call, with every error.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

hosts=$tap_dir/hosts
mkdir "$hosts"

# walk NAME CODE WORDS...: the host in $tree is to be walked through with this command
walk() {
	mkdir -p "$hosts/$1"
	cp -a "$tree" "$hosts/$1/root"
	echo "$2" >"$hosts/$1/code"
	echo "${@:3}" >"$hosts/$1/command"
}
blocked() { walk "$1" 3 bind --dry-run "${@:2}"; }

usual_host
walk bind 0 bind --dry-run 01:00.0
walk list 0 list --all
walk list-json 0 list --json
walk groups-predict 0 groups --predict
walk check 0 check
walk status 0 status
walk claim-verify 0 claim verify
mkdir -p "$tree/etc/vfioadm/claims.d"
printf '[claim]\naddress=01:00.0\nids=1002:5159\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"
walk claim-list 0 claim list
walk claim-lost 3 claim verify


usual_host
walk claim-add 0 claim add --dry-run 01:00.0
mkdir -p "$tree/run/vfioadm/held"
for function in 0 1; do
	ln -sfn ../../../../bus/pci/drivers/vfio-pci "$tree/sys/bus/pci/devices/0000:01:00.$function/driver"
	printf 'address=0000:01:00.%s\nids=%s\nsince=1\ndriver=radeon\nmodule=radeon\noverride=\n' \
		$function "$(cut -d ' ' -f $((function + 1)) <<<'1002:5159 8086:2668')" >"$tree/run/vfioadm/held/0000:01:00.$function"
done
walk unbind 0 unbind --dry-run 01:00.0

usual_host
cat >"$tap_dir/qemu" <<END
#!/bin/sh
exec cat '$here/tests/fixtures/qemu/7.2.qmp'
END
chmod 755 "$tap_dir/qemu"
cp "$tap_dir/qemu" "$tap_dir/code.fd"
printf '[guest]\nmemory=64M\nmachine=q35\naccel=tcg\nuser=root\nqemu=%s\n[firmware]\ncode=%s\nvars=none\n[hostdev gpu]\naddress=01:00.0\n' \
	"$tap_dir/qemu" "$tap_dir/code.fd" >"$tap_dir/guest.conf"
walk launch 0 launch --dry-run "$tap_dir/guest.conf"

usual_host
blocked boot-gpu 00:02.0
echo 4 >"$tree/sys/bus/pci/devices/0000:02:00.0/sriov_numvfs"
blocked vfs-enabled 02:00.0
blocked not-an-endpoint 00:1c.0

usual_host
rm -r "$tree"/sys/{class/iommu,kernel/iommu_groups}/*
find "$tree/sys/devices" -name iommu_group -delete
blocked iommu-off 01:00.0

usual_host
rm "$tree/sys/bus/pci/devices/0000:02:00.0/iommu_group"
blocked no-iommu-group 02:00.0

usual_host
function_at 0000:05:00.0 8086 1533 020000 igb 2
blocked group-not-viable 01:00.0

usual_host
echo '0x00000000000e0000 0x00000000000effff direct' >"$tree/sys/kernel/iommu_groups/2/reserved_regions"
blocked reserved-direct 01:00.0

usual_host
echo '   9:  12  IO-APIC  9-fasteoi  acpi' >"$tree/proc/interrupts"
blocked no-interrupt-remapping 01:00.0

usual_host
echo '0xd0000000 0xdfffffff 0x42208' >"$tree/sys/bus/pci/devices/0000:01:00.0/resource"
printf 'd0000000-dfffffff : 0000:01:00.0\n  d0000000-d02fffff : efifb\n' >"$tree/proc/iomem"
blocked boot-framebuffer 01:00.0

usual_host
disk=sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1
mkdir -p "$tree/$disk" "$tree/sys/dev/block" "$tree/proc/self" "$tree/proc/net"
ln -s "../../../$disk" "$tree/sys/dev/block/259:0"
echo '22 1 259:0 / / rw shared:1 - ext4 /dev/nvme0n1 rw' >"$tree/proc/self/mountinfo"
blocked root-storage 02:00.0
rm "$tree/proc/self/mountinfo"
mkdir -p "$tree/sys/class/net"
ln -s '../../devices/pci0000:00/0000:02:00.0/net/eth0' "$tree/sys/class/net/eth0"
printf 'Iface Destination\neth0 00000000 0100A8C0 0003 0 0 0 00000000 0 0 0\n' >"$tree/proc/net/route"
blocked default-route 02:00.0

usual_host
mkdir -p "$tree/proc/77/fd"
echo Xorg >"$tree/proc/77/comm"
mkdir -p "$tree/sys/bus/pci/devices/0000:01:00.0/drm/card0"
# /dev/null stands in for the card's node: any character device of this machine would do.
echo 1:3 >"$tree/sys/bus/pci/devices/0000:01:00.0/drm/card0/dev"
ln -s /dev/null "$tree/proc/77/fd/5"
blocked device-in-use 01:00.0

if [ "${FAULTS-}" = all ]; then size=(--all-errors); else size=(--every 37); fi
cc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -o "$tap_dir/inject" "$here/tests/faults/inject.c" || exit
tap_finished=yes
"$here/tests/faults/walk-roots" "${size[@]}" "$tap_dir/inject" "$VFIOADM" "$hosts"
