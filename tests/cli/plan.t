#!/bin/bash
# bind --dry-run on made-up hosts: the plan, and every refusal that needs no device to be touched.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

json() { jq -r "$1" <<<"$stdout"; }
bind() { "$VFIOADM" --root "$tree" bind --dry-run --json "$@"; }
blocks() {
	exits 3 "$1 blocks" bind "${@:2}"
	is "$(json '[.findings[] | select(.severity == "block") | .id] | unique | join(" ")')" "$1" \
		"$1 alone"
	is "$(json .result)" blocked "$1: result"
	exits 0 "--allow $1" bind "${@:2}" --allow "$1"
}

usual_host
exits 0 'the usual host' bind 01:00.0
is "$(json '.plan[] | [.step, .subject, .from, .to] | map(. // "null") | join(" ")')" \
	'record 0000:01:00.0 null held
override 0000:01:00.0 null vfio-pci
record 0000:01:00.1 null held
override 0000:01:00.1 null vfio-pci
unbind 0000:01:00.1 snd_hda_intel null
unbind 0000:01:00.0 radeon null
bind 0000:01:00.0 null vfio-pci
bind 0000:01:00.1 null vfio-pci
wait-node dev/vfio/2 null ready' 'overrides all, then unbinds all, then binds all'
is "$(json '.result, (.findings | length)')" 'dry-run
0' 'and finds nothing'
for device in 0000:01:00.0 01:00 1002:5159; do
	plan=$(bind 01:00.0)
	exits 0 "$device" bind $device
	is "$stdout" "$plan" 'means the same'
done

exits 0 'in text' "$VFIOADM" --root "$tree" bind -n 01:00.0
is "$stdout" ' 1. record in /run/vfioadm/held/0000:01:00.0: driver radeon, override none
 2. write vfio-pci to /sys/bus/pci/devices/0000:01:00.0/driver_override (now: none)
 3. record in /run/vfioadm/held/0000:01:00.1: driver snd_hda_intel, override none
 4. write vfio-pci to /sys/bus/pci/devices/0000:01:00.1/driver_override (now: none)
 5. write 0000:01:00.1 to /sys/bus/pci/drivers/snd_hda_intel/unbind
 6. write 0000:01:00.0 to /sys/bus/pci/drivers/radeon/unbind
 7. write 0000:01:00.0 to /sys/bus/pci/drivers/vfio-pci/bind
 8. write 0000:01:00.1 to /sys/bus/pci/drivers/vfio-pci/bind
 9. wait until /dev/vfio/2 is ready' 'exactly what would be written'

rm "$tree"/sys/module/vfio*/initstate && rmdir "$tree"/sys/module/vfio* "$tree/sys/bus/pci/drivers/vfio-pci"
exits 0 'modules that are not loaded' bind 01:00.0
is "$(json '[.plan[] | select(.step == "load-module") | .subject] | join(" ")')" \
	'vfio vfio_iommu_type1 vfio-pci' 'are loaded first'

mkdir -p "$tree/lib/modules/6.1.0"
blocks module-missing 01:00.0

usual_host
rm -r "$tree"/sys/{class/iommu,kernel/iommu_groups}/*
find "$tree/sys/devices" -name iommu_group -delete
blocks iommu-off 01:00.0

usual_host
rm "$tree/sys/bus/pci/devices/0000:02:00.0/iommu_group"
blocks no-iommu-group 02:00.0

usual_host
function_at 0000:01:00.2 1912 0014 0c0330 xhci_hcd 2 0000:00:1c.0
exits 0 'a third function in the slot' bind 01:00.0
is "$(json '[.plan[] | select(.step == "bind")] | length')" 3 'goes along'

usual_host
function_at 0000:05:00.0 8086 1533 020000 igb 2
blocks group-not-viable 01:00.0
like "$(json '.findings[0].message')" '0000:05:00.0 \(igb\)' 'and names the member'
exits 0 '--group' bind 01:00.0 --group
is "$(json '[.plan[] | select(.step == "bind") | .subject] | join(" ")')" \
	'0000:01:00.0 0000:01:00.1 0000:05:00.0' 'takes it along'

usual_host
function_at 0000:05:00.0 8086 1533 060400 pcieport 2
function_at 0000:06:00.0 8086 1533 020000 - 2
function_at 0000:07:00.0 8086 1533 020000 vfio-pci 2
exits 0 'pcieport, vfio-pci or no driver on a member does not block' bind 01:00.0

usual_host
echo '0x00000000000e0000 0x00000000000effff direct' >"$tree/sys/kernel/iommu_groups/2/reserved_regions"
blocks reserved-direct 01:00.0
echo '0x00000000000e0000 0x00000000000effff direct-relaxable' >"$tree/sys/kernel/iommu_groups/2/reserved_regions"
exits 0 'a relaxable region does not block' bind 01:00.0

usual_host
echo '   9:  12  IO-APIC  9-fasteoi  acpi' >"$tree/proc/interrupts"
blocks no-interrupt-remapping 01:00.0
mkdir -p "$tree/sys/module/vfio_iommu_type1/parameters"
echo Y >"$tree/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
exits 0 'allow_unsafe_interrupts lifts it' bind 01:00.0

usual_host
blocks boot-gpu 00:02.0
echo 4 >"$tree/sys/bus/pci/devices/0000:02:00.0/sriov_numvfs"
blocks vfs-enabled 02:00.0
blocks not-an-endpoint 00:1c.0

usual_host
function_at 0000:08:00.0 10de 1b80 030000 vfio-pci 8
echo vfio-pci >"$tree/sys/bus/pci/devices/0000:08:00.0/driver_override"
exits 0 'bind of what is bound' bind 08:00.0
is "$(json '.result, (.plan | length)')" 'nothing-to-do
0' 'is nothing to do'
exits 1 'unbind of what another tool bound' "$VFIOADM" --root "$tree" unbind -n 08:00.0
like "$stderr" 'vfioadm did not bind it' 'is refused'
exits 0 'unbind of what no one bound' "$VFIOADM" --root "$tree" unbind -n 01:00.0 --json
is "$(json '.result')" nothing-to-do 'is nothing to do'

mkdir -p "$tree/run/vfioadm/held"
printf 'address=0000:08:00.0\nids=10de:1b80\nsince=1\ndriver=nouveau\nmodule=nouveau\noverride=\nclaim=\n' \
	>"$tree/run/vfioadm/held/0000:08:00.0"
exits 0 'unbind by the record' "$VFIOADM" --root "$tree" unbind -n 08:00.0 --json
is "$(json '.plan[] | [.step, .subject, .from, .to] | map(. // "null") | join(" ")')" \
	'load-module nouveau not loaded loaded
override 0000:08:00.0 vfio-pci nouveau
unbind 0000:08:00.0 vfio-pci null
bind 0000:08:00.0 null nouveau
override 0000:08:00.0 nouveau null
forget 0000:08:00.0 held null' 'aims at the driver it had, then clears the override'
done_testing
