#!/bin/bash
# machine: acs-off
# A port without ACS puts a network card into the Radeon's group.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
nic=0000:02:00.0
is "$(driver $nic) $(group $nic)" "e1000e $(group $gpu)" 'e1000e holds a member of the group'
exits 3 'bind' vfioadm bind 01:00.0
like "$stderr" "group $(group $gpu): .*$nic \(e1000e\) \[group-not-viable\]" 'names it'
like "$stderr" '--group takes these' 'and the way on'
unlike "$stderr" 'pcieport' 'the ports are no obstacle'
is "$(host_state)$(left_behind)" "$before" 'nothing was changed'

exits 0 'bind --group' vfioadm bind 01:00.0 --group
is "$(drivers $gpu $audio $nic)" 'vfio-pci vfio-pci vfio-pci ' 'takes it along'
is "$(drivers 0000:00:04.0)" 'pcieport ' 'and leaves the port alone'
exits 0 'unbind of all three' vfioadm unbind 01:00 02:00.0
is "$(host_state)$(left_behind)" "$before" 'gives all back'
done_testing
