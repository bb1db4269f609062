#!/bin/bash
# groups and groups --predict on made-up hosts: what people and programs read.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

json() { jq -r "$1" <<<"$stdout"; }
names() { sed -E 's/  +(VGA|PCI|Audio|Ethernet).*//'; }

# A Radeon with its sound behind a port without ACS (00:01.0), a network card behind one with it.
host_tree
iommu dmar0
function_at 0000:00:01.0 8086 1901 060400 pcieport 1
function_at 0000:00:1c.0 8086 a33c 060400 pcieport 2
function_at 0000:01:00.0 1002 5159 030000 vfio-pci 1 0000:00:01.0
function_at 0000:01:00.1 1002 aa38 040300 snd_hda_intel 1 0000:00:01.0
function_at 0000:02:00.0 8086 10d3 020000 e1000e 3 0000:00:1c.0
function_at 0000:00:02.0 8086 3e92 030000 i915 -
pcie_at 0000:00:01.0 4
pcie_at 0000:00:1c.0 4 5f 1d
pcie_at 0000:01:00.0 1
pcie_at 0000:01:00.1 1
put_bytes 0000:01:00.0 0x0e 80
pcie_at 0000:02:00.0 0
printf '0x%016x 0x%016x %s\n' 0xfee00000 0xfeefffff msi >"$tree/sys/kernel/iommu_groups/1/reserved_regions"

exits 0 'groups' "$VFIOADM" --root "$tree" groups
is "$(names <<<"$stdout")" 'group 1 (DMA): not viable while the host has 0000:01:00.1 (snd_hda_intel)
  0000:00:01.0  8086:1901  pcieport
  0000:01:00.0  1002:5159  vfio-pci
  0000:01:00.1  1002:aa38  snd_hda_intel
    why: 0000:00:01.0: root port without the ACS capability: everything below it is one group
    reserved: 0x00000000fee00000 0x00000000feefffff msi

group 2 (DMA): viable
  0000:00:1c.0  8086:a33c  pcieport

group 3 (DMA): not viable while the host has 0000:02:00.0 (e1000e)
  0000:02:00.0  8086:10d3  e1000e
no group, because no IOMMU covers it: 0000:00:02.0' 'shows members, what is in the way, and why'

exits 0 'groups --json' "$VFIOADM" --root "$tree" groups --json
is "$(jq -c . <<<"$stdout")" '{"schema":"vfioadm/1","iommu":{"active":true,"kind":"intel","interrupt_remapping":true},"groups":[{"id":1,"type":"DMA","members":["0000:00:01.0","0000:01:00.0","0000:01:00.1"],"viable":false,"blockers":[{"address":"0000:01:00.1","driver":"snd_hda_intel"}],"reserved":["0x00000000fee00000 0x00000000feefffff msi"]},{"id":2,"type":"DMA","members":["0000:00:1c.0"],"viable":true,"blockers":[],"reserved":[]},{"id":3,"type":"DMA","members":["0000:02:00.0"],"viable":false,"blockers":[{"address":"0000:02:00.0","driver":"e1000e"}],"reserved":[]}]}' \
	'is the same for programs'

exits 0 'groups --predict' "$VFIOADM" --root "$tree" groups --predict
like "$stdout" '^predicted group 3:$' 'shows the predicted groups'
like "$stdout" "^prediction: the kernel's groups are the same\$" 'and compares'
exits 0 'groups --predict --json' "$VFIOADM" --root "$tree" groups --predict --json
is "$(json '.predicted[].members | join(" ")')" '0000:00:01.0 0000:01:00.0 0000:01:00.1
0000:00:1c.0
0000:02:00.0' 'predicts them'
is "$(json '.predicted[0].reasons[] | .address + " " + .code')" '0000:00:01.0 no-acs-capability
0000:01:00.0 no-acs-capability
0000:01:00.1 no-acs-capability' 'has a reason for each member that is there because of another'
is "$(json '.predicted[0].reasons[1].text')" \
	'0000:00:01.0: root port without the ACS capability: everything below it is one group' 'names the cause'
is "$(json '.predicted[1].reasons | length')" 0 'and none for what stands alone'
is "$(json .prediction_matches)" true 'agrees with the kernel'

is "$(jq -c '[.what_if[] | .address, .members, .groups]' <<<"$stdout")" \
	'["0000:00:01.0",["0000:00:01.0","0000:01:00.0","0000:01:00.1"],[["0000:00:01.0"],["0000:01:00.0","0000:01:00.1"]]]' \
	'says what ACS at the port would change'
exits 0 'groups --predict again' "$VFIOADM" --root "$tree" groups --predict
like "$stdout" 'everything below it is one group
    if 0000:00:01.0 had ACS this group would be: \{0000:00:01.0} \{0000:01:00.0 0000:01:00.1}$' \
	'has the same beside the reason'
exits 0 'groups --with-acs' "$VFIOADM" --root "$tree" groups --with-acs 00:01.0 --with-acs 01:00.0
like "$stdout" '^predicted group 5:$' 'shows the groups that would follow'
like "$stdout" '^supposing that these have ACS: 0000:00:01.0 0000:01:00.0
\{0000:00:01.0 0000:01:00.0 0000:01:00.1} would become \{0000:00:01.0} \{0000:01:00.0} \{0000:01:00.1}$' \
	'and the difference'
exits 0 'groups --with-acs --json' "$VFIOADM" --root "$tree" groups --with-acs 00:01.0 --json
is "$(jq -c '(.predicted | length), .prediction_matches, .with_acs.devices, [.with_acs.predicted[].members], .with_acs.changes' \
	<<<"$stdout" | tr '\n' ' ')" \
	'3 true ["0000:00:01.0"] [["0000:00:01.0"],["0000:00:1c.0"],["0000:01:00.0","0000:01:00.1"],["0000:02:00.0"]] [{"members":["0000:00:01.0","0000:01:00.0","0000:01:00.1"],"groups":[["0000:00:01.0"],["0000:01:00.0","0000:01:00.1"]]}] ' \
	'has both predictions'
exits 0 'a device that has ACS already' "$VFIOADM" --root "$tree" groups --with-acs 00:1c.0
like "$stdout" '^no group would change$' 'changes nothing'
exits 2 'a device that ACS means nothing to' "$VFIOADM" --root "$tree" groups --with-acs 02:00.0
like "$stderr" '--with-acs 0000:02:00.0: ACS cannot be supposed there: this is the only function' 'says why'
is "$stdout" '' 'and shows nothing'
exits 1 'a device that is not there' "$VFIOADM" --root "$tree" groups --with-acs 09:00.0
exits 2 'what is no device' "$VFIOADM" --root "$tree" groups --with-acs port
exits 2 'no device' "$VFIOADM" --root "$tree" groups --with-acs
exits 2 'the option at another verb' "$VFIOADM" --root "$tree" list --with-acs 00:01.0

put_bytes 0000:00:1c.0 0x106 00
exits 0 'ACS that is switched off' "$VFIOADM" --root "$tree" groups --predict --json
is "$(json '.predicted[1] | (.members | join(" ")), .reasons[1].code')" '0000:00:1c.0 0000:02:00.0
acs-disabled' 'counts as such'
is "$(json .prediction_matches)" false 'and differs from the kernel'
exits 0 'groups then' "$VFIOADM" --root "$tree" groups
unlike "$stdout" '0000:00:1c.0: root port' 'gives no reason for what is not so'

truncate -s 64 "$tree/sys/bus/pci/devices/0000:00:1c.0/config"
exits 0 'configuration space that cannot be read' "$VFIOADM" --root "$tree" groups --predict --json
is "$(json '.predicted[] | select(.members == ["0000:02:00.0"]).reasons[] | .code + " " + .text')" \
	"unknown 0000:00:1c.0: bridge whose configuration space cannot be read: what it would share a group with is unknown" \
	'is unknown'
is "$(json .prediction_matches)" null 'and so is whether the prediction is right'
exits 0 'as text' "$VFIOADM" --root "$tree" groups --predict
like "$stdout" '^prediction: incomplete, because configuration space cannot be read' 'says so'
exits 0 'groups' "$VFIOADM" --root "$tree" groups
like "$stdout" '^not every reason is known, ' 'says so too'

host_tree
function_at 0000:00:01.0 8086 1901 060400 pcieport -
function_at 0000:01:00.0 1002 5159 030000 radeon - 0000:00:01.0
pcie_at 0000:00:01.0 4 5f 00
pcie_at 0000:01:00.0 1
exits 0 'no IOMMU' "$VFIOADM" --root "$tree" groups
is "$stdout" 'no IOMMU is active: there are no groups; --predict shows what they would be' 'names the way on'
exits 0 'its prediction' "$VFIOADM" --root "$tree" groups --predict --json
is "$(jq -c '.iommu, .groups, (.predicted | map(.members)), .prediction_matches' <<<"$stdout" | tr '\n' ' ')" \
	'{"active":false,"kind":null,"interrupt_remapping":null} [] [["0000:00:01.0"],["0000:01:00.0"]] null ' \
	'goes by what the kernel would switch on'

host_tree
exits 0 'no functions at all' "$VFIOADM" --root "$tree" groups --predict --json
is "$(jq -c .predicted <<<"$stdout")" '[]' 'are no groups'
exits 2 'an argument' "$VFIOADM" --root "$tree" groups 01:00.0
exits 2 'an option of another verb' "$VFIOADM" --root "$tree" groups --all
done_testing
