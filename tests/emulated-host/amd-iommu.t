#!/bin/bash
# machine: amd-iommu
# The same on an AMD host.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
exits 0 'check' vfioadm check 01:00.0
exits 0 'bind' vfioadm bind 01:00.0
is "$(drivers $gpu $audio)" 'vfio-pci vfio-pci ' 'vfio-pci holds both functions'
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives them back'
done_testing
