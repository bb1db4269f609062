#!/bin/bash
# machine: groups-intel
# vfioadm groups on every shape of groups: the same as the kernel's, with the reason for each.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/groups.sh
. tests/emulated-host/groups.sh

ok 'virtual functions can be made' virtual_functions 2
test_prediction_against_kernel "$(expected_groups)"

like "$(reason 0000:02:00.0)" '^no-acs-capability 0000:00:05.0: root port without' 'a port without ACS is named'
like "$(reason 0000:08:01.0)" '^no-acs-capability 0000:00:07.0: root port' 'also from below a switch'
like "$(reason 0000:09:00.0)" '^no-acs-capability 0000:08:01.0: downstream port' 'and a port of the switch'
like "$(reason 0000:0b:01.0)" '^conventional-pci-bridge 0000:00:08.0: PCIe-to-PCI bridge' 'a conventional bus is named'
like "$(reason 0000:0c:01.0)" '^conventional-pci-bridge 0000:0b:03.0: conventional PCI bridge' 'and one on it'
like "$(reason 0000:00:11.1)" '^multifunction-without-acs 0000:00:11.0: root port' 'ports of one slot are named'
like "$(reason 0000:0f:00.1)" '^multifunction-without-acs 0000:0f:00.0: ' 'functions of one card are named'
is "$(reason 0000:01:00.0)$(reason 0000:12:00.0)" '' 'what stands alone has no reason'

run vfioadm check 05:00.0 01:00.0 0f:00.0 02:00.0 --json
is "$(jq -r '.findings[] | select(.id | test("^(switch|group-would|prediction)")) | .id + " " + .subject' \
	<<<"$stdout")" \
	"switch-without-acs 0000:05:00.0
group-would-widen group $(basename "$(readlink /sys/bus/pci/devices/0000:05:00.0/iommu_group)")" \
	'check warns of the switch without ACS, and of nothing else here'
is "$(vfioadm groups --predict --json | jq -c '.what_if[] | select(.address == "0000:00:07.0") | .groups')" \
	'[["0000:00:07.0"],["0000:07:00.0"],["0000:08:01.0","0000:09:00.0"],["0000:08:02.0","0000:0a:00.0"]]' \
	'with ACS above it, the second switch would be as the first is'

exits 0 'groups' vfioadm groups
like "$stdout" '^group [0-9]+ \(DMA(-FQ)?\): not viable while the host has 0000:0f:00.0 \(radeon\), 0000:0f:00.1 \(snd_hda_intel\)$' \
	'tells what is in the way'
like "$stdout" '^  0000:01:00.0  8086:10d3  e1000e +Ethernet controller: Intel' 'shows members'
like "$stdout" '^    why: 0000:00:05.0: root port without the ACS capability' 'shows reasons'
like "$stdout" '^    reserved: 0x00000000fee00000 0x00000000feefffff msi$' 'shows reserved regions'

predict 'groups as someone else' setpriv --reuid=65534 --regid=65534 --clear-groups
is "$(jq .prediction_matches <<<"$document")" null 'predicts nothing that cannot be read'
unlike "$document" 'no-acs-capability|acs-disabled' 'and takes nothing unread for missing'
like "$(reason 0000:01:00.0)" '^unknown 0000:00:04.0: bridge whose configuration space' 'but says so'
is "$(listed_groups)" "$(kernel_groups)" "the kernel's groups are there"
ok 'the virtual functions go away again' virtual_functions 0
done_testing
