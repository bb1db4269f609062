#!/bin/bash
# machine: no-interrupt-remapping
# Without interrupt remapping vfio would refuse the guest, so bind refuses first.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
exits 3 'bind' vfioadm bind 01:00.0
like "$stderr" 'interrupt remapping is off.*\[no-interrupt-remapping\]' 'says why'
is "$(host_state)$(left_behind)" "$before" 'changes nothing'
ok 'vfio is told to do without' modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
exits 0 'bind now' vfioadm bind 01:00.0
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'gives it back'
done_testing
