#!/bin/bash
# check on made-up hosts: the list of all findings, severities, verdict, exit code, text and JSON.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

json() { jq -r "$1" <<<"$stdout"; }
# shellcheck disable=SC2317 # exits runs it
check() { "$VFIOADM" --root "$tree" check "$@"; }
device() { echo "$tree/sys/bus/pci/devices/0000:$1"; }

# finds SEVERITY ID SUBJECT [DEVICE...]: that one finding alone, the exit code and the verdict
finds() {
	local severity=$1 id=$2 subject=$3 code=0 verdict=ready-with-warnings
	shift 3
	case $severity in
	block) code=3 verdict=blocked ;;
	info) verdict=ready ;;
	esac
	exits $code "$id: exit code $code" check --json "$@"
	is "$(json '.findings[] | [.severity, .id, .subject] | join(" ")')" "$severity $id $subject" \
		"$id: alone"
	is "$(json .verdict)" $verdict "$id: $verdict"
}

host_tree
exits 0 'check --list' check --list
findings=$stdout
is "$(awk '{ print $2 }' <<<"$findings" | uniq | tr '\n' ' ')" 'block warn info ' 'worst first'
is "$(awk '{ print $1 }' <<<"$findings" | sort | uniq -d)" '' 'each once'
unlike "$findings" '^[a-z0-9-]+ +[a-z]+ *$' 'each has a title'
man=$("$VFIOADM" --help=man)
listed=$("$VFIOADM" --help=findings)
missing=
while read -r id _; do
	grep -qF "fB${id//-/\\-}" <<<"$man" && grep -q "^$id	" <<<"$listed" || missing+=" $id"
done <<<"$findings"
is "$missing" '' 'the man page and the list for completion have them all'
"$VFIOADM" --help=bash >"$tap_dir/completion"
ok 'the completion offers --list' grep -q -e 'check) .*--list' "$tap_dir/completion"

usual_host
exits 0 'the usual host' check
is "$stdout" 'verdict: ready' 'is ready'

echo '0xd0000000 0xdfffffff 0x42208' >"$(device 01:00.0)/resource"
printf 'd0000000-dfffffff : 0000:01:00.0\n  d0000000-d02fffff : efifb\n' >"$tree/proc/iomem"
finds block boot-framebuffer 0000:01:00.0
exits 0 'allowed' check --allow boot-framebuffer
like "$stdout" 'verdict: ready-with-warnings' 'it is a warning'
exits 3 'bind' "$VFIOADM" --root "$tree" bind -n 01:00.0
like "$stderr" 'boot-framebuffer' 'refuses it as well'
printf '00000000-00000000 : 0000:01:00.0\n  00000000-00000000 : efifb\n' >"$tree/proc/iomem"
exits 0 'addresses that are hidden' check
is "$stdout" 'verdict: ready' 'say nothing where no frame buffer device is'

exits 2 'check --rom of a captured host' check --rom
like "$stderr" '--rom: the ROM of a device can be read only on the host that runs' 'is refused'
exits 1 'check --rom as someone else' as_nobody "$VFIOADM" check --rom
like "$stderr" '--rom: only root can read the ROM' 'is refused too'

usual_host
put_bytes 0000:00:1c.0 0x106 00
finds warn prediction-differs 'group 2'
like "$(json '.findings[].message')" 'keeps 0000:00:1c.0 out of this group' 'names who is kept apart'
put_bytes 0000:00:1c.0 0x106 1d
exits 0 'the group that the rule gives' check
is "$stdout" 'verdict: ready' 'is nothing to tell'

usual_host
disk=sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1
mkdir -p "$tree/$disk" "$tree/sys/dev/block" "$tree/proc/self" "$tree/proc/net"
ln -s "../../../$disk" "$tree/sys/dev/block/259:0"
echo '22 1 259:0 / / rw shared:1 - ext4 /dev/nvme0n1 rw' >"$tree/proc/self/mountinfo"
finds block root-storage-or-network 0000:02:00.0 02:00.0
exits 3 'bind' "$VFIOADM" --root "$tree" bind -n 02:00.0
like "$stderr" '/ on nvme0n1' 'refuses it as well'
rm "$tree/proc/self/mountinfo"
mkdir -p "$tree/sys/class/net"
ln -s '../../devices/pci0000:00/0000:02:00.0/net/eth0' "$tree/sys/class/net/eth0"
printf 'Iface Destination\neth0 00000000 0100A8C0 0003 0 0 0 00000000 0 0 0\n' >"$tree/proc/net/route"
finds block root-storage-or-network 0000:02:00.0 02:00.0
exits 0 'the GPU' check
is "$stdout" 'verdict: ready' 'is none of that'
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$tap_dir" && chmod 0 "$tree/proc/net/route"
	exits 0 'a file that cannot be read' as_nobody "$VFIOADM" --root "$tree" check
	like "$stdout" '^warn: /proc/net/route: it cannot be read \(Permission denied\).*\[unreadable\]' 'is told'
fi

usual_host
rm -r "$tree"/sys/{class/iommu,kernel/iommu_groups}/*
find "$tree/sys/devices" -name iommu_group -delete
printf 'vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\n\n' >"$tree/proc/cpuinfo"
mkdir -p "$tree/sys/firmware/acpi/tables" "$tree/etc/default" "$tree/usr/sbin"
finds block iommu-off iommu
like "$(json '.findings[].message')" 'off in the firmware, which offers no DMAR table' 'names the table'
like "$(json '.findings[].remedy')" 'turn on VT-d' 'and the switch'
touch "$tree"/{sys/firmware/acpi/tables/DMAR,etc/default/grub,usr/sbin/update-grub}
finds block iommu-off iommu
is "$(json '.findings[].remedy')" \
	'add intel_iommu=on to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run update-grub and reboot' \
	'says what to write where'
echo 'quiet intel_iommu=off' >"$tree/proc/cmdline"
exits 3 'bind' "$VFIOADM" --root "$tree" bind -n 01:00.0
like "$stderr" 'intel_iommu=off' 'names the word that keeps it off'
like "$stderr" '^    take intel_iommu=off out of GRUB_CMDLINE_LINUX_DEFAULT' 'and how to remove it'

usual_host
function_at 0000:01:00.2 1912 0014 0c0330 xhci_hcd 2 0000:00:1c.0
finds warn shared-slot 0000:01:00.2
usual_host
echo D3cold >"$(device 01:00.0)/power_state"
finds warn d3cold 0000:01:00.0
usual_host
rm "$(device 01:00.0)/reset_method" "$(device 01:00.1)/reset_method"
finds warn no-reset 0000:01:00.0
usual_host
echo '0x4000000000 0x43ffffffff 0x14220c' >"$(device 01:00.0)/resource"
finds info large-bar 0000:01:00.0
usual_host
echo 'pcie_acs_override=downstream' >"$tree/proc/cmdline"
finds warn acs-override-in-effect kernel
usual_host
mkdir -p "$tree/etc/driverctl.d"
echo nouveau >"$tree/etc/driverctl.d/pci-0000:01:00.0"
finds warn driverctl-override 0000:01:00.0
usual_host
mkdir -p "$tree/etc/modprobe.d"
printf 'options vfio-pci ids=1002:5159\nsoftdep radeon pre: vfio-pci\n' >"$tree/etc/modprobe.d/vfio.conf"
finds warn ids-claim 0000:01:00.0
usual_host
mkdir -p "$tree/usr/bin"
finds warn qemu-missing qemu-system-x86_64
usual_host
mkdir -p "$tree/usr/share"
finds warn ovmf-missing OVMF
usual_host
mkdir -p "$tree/sys/class/misc"
finds warn kvm-missing /dev/kvm
done_testing
