#!/bin/bash
# machine: radeon
# The emulated host is what the other tests take it for.

# shellcheck source=tests/tap.sh
. tests/tap.sh

gpu=/sys/bus/pci/devices/0000:01:00.0
audio=/sys/bus/pci/devices/0000:01:00.1

driver() { basename "$(readlink "$1/driver")"; }
group() { basename "$(readlink "$1/iommu_group")"; }

is "$(cat $gpu/vendor $gpu/device | tr '\n' ' ')" '0x1002 0x5159 ' 'the Radeon is at 01:00.0'
is "$(driver $gpu)" radeon 'radeon holds it'
is "$(driver $audio)" snd_hda_intel 'snd_hda_intel holds its audio function'
is "$(cat $gpu/boot_vga)" 0 'it is not the boot GPU'
is "$(cat /sys/bus/pci/devices/0000:00:02.0/boot_vga)" 1 "the host's own screen is"
ok 'the IOMMU is active' test -e /sys/class/iommu/dmar0
ok 'interrupts are remapped' grep -q ' IR-' /proc/interrupts
is "$(group $gpu)" "$(group $audio)" 'both functions are in one group'
is "$(echo $gpu/iommu_group/devices/* | wc -w)" 2 'nothing else is in it'
ok 'udevd runs' udevadm control --ping
ok 'and has seen the card' test -e /dev/dri/by-path/pci-0000:01:00.0-card
not_ok 'vfio-pci is not loaded' test -e /sys/bus/pci/drivers/vfio-pci
ok 'vfio-pci can be loaded' modprobe vfio-pci
ok 'vfio-pci is there' test -e /sys/bus/pci/drivers/vfio-pci
is "$(find /etc/modprobe.d /etc/udev/rules.d /usr/lib/firmware -type f ! -name '*vfioadm*')" '' \
	"the machine's own settings do not reach in"
done_testing
