#!/bin/bash
# machine: claims-cmdline
# vfioadm.claim= on the kernel command line claims for one boot, and harms nobody where it is wrong.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

log=$(dmesg)
like "$(cat /run/early-output)" 'early: 0' 'early exits with 0'
like "$log" 'claim cmdline: 0000:02:00.0: won' 'the address that is claimed'
like "$log" 'claim cmdline: 0000:00:02.0: not applied: .*\[boot-gpu\]' 'the boot GPU is not claimed in this way'
like "$log" 'claim cmdline: 0000:77:00.0: not applied: there is no such device' 'an address with nothing there'
like "$log" 'claim cmdline: vfioadm.claim=zz: not a PCI address' 'no address at all'
is "$(drivers $gpu 0000:02:00.0 0000:02:00.1)" 'radeon vfio-pci vfio-pci ' 'only that card is taken'
done_testing
