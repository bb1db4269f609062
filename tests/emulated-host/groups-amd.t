#!/bin/bash
# machine: groups-amd
# The prediction is the kernel's answer with an IOMMU of AMD too.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/groups.sh
. tests/emulated-host/groups.sh

test_prediction_against_kernel "$(expected_groups | grep -v '^0000:10:00')"
is "$(jq -r .iommu.kind <<<"$document")" amd 'it is one of AMD'
iommu=$(grep -l 0x0806 /sys/bus/pci/devices/*/class | cut -d / -f 6)
unlike "$(predicted_groups)" "$iommu" 'its own function has no group'
done_testing
