#!/bin/bash
# machine: no-iommu
# Without an IOMMU bind refuses; told to go on all the same, it meets the kernel's own refusal, a
# failed probe of vfio-pci, and puts everything back.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)

exits 3 'check' vfioadm check 01:00.0
like "$stdout" 'block: .*no IOMMU is active.*\[iommu-off\]' 'says that the IOMMU is off'
exits 3 'bind' vfioadm bind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'changes nothing'

exits 4 'bind in spite of it' vfioadm bind 01:00.0 --allow iommu-off
like "$stderr" '/vfio-pci/bind: cannot write 0000:01:00.0: Invalid argument; everything was put back' \
	'reports the errno of the failed probe'
is "$(host_state)$(left_behind)" "$before" 'and everything is back as it was'
exits 4 'bind again' vfioadm bind 01:00.0 --allow iommu-off --json
is "$(jq -r .result <<<"$stdout")" undone 'is undone again'
is "$(host_state)$(left_behind)" "$before" 'as before'
done_testing
