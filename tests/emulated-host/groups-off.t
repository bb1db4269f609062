#!/bin/bash
# machine: groups-off
# With the IOMMU off, the prediction is what the kernel makes of the same machine with it on.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/groups.sh
. tests/emulated-host/groups.sh

ok 'virtual functions can be made' virtual_functions 2
predict 'groups --predict --json'
is "$(kernel_groups)" '' 'the kernel has no groups'
is "$(jq -c '.iommu.active, .groups, .prediction_matches' <<<"$document" | tr '\n' ' ')" 'false [] null ' \
	'nor has the document, and there is nothing to compare'
is "$(predicted_groups)" "$(expected_groups)" 'the prediction is what groups-intel has'
ok 'the virtual functions go away again' virtual_functions 0

exits 0 'groups' vfioadm groups
like "$stdout" '^no IOMMU is active: there are no groups; --predict shows' 'names the way on'
done_testing
