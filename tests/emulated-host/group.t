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
bound=$(host_state)
exits 1 'unbind --reset of a card that has only its bus reset' vfioadm unbind 01:00 --reset
like "$stderr" "^vfioadm: $gpu: the kernel can reset it only by its bus.*leave --reset out" 'is refused'
is "$(host_state)" "$bound" 'and changes nothing'
exits 0 'unbind --reset of the network card' vfioadm unbind 02:00.0 --reset -v
like "$stderr" "write 1 to /sys/bus/pci/devices/$nic/reset" 'resets it'
is "$(driver $nic)" e1000e 'and gives it back'
exits 0 'unbind of the card' vfioadm unbind 01:00
is "$(host_state)$(left_behind)" "$before" 'all is as it was'
done_testing
