#!/bin/bash
# machine: two-radeons
# Of two identical cards only the one that is asked for moves.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

before=$(host_state)
second=0000:02:00.0
is "$(driver $second)" radeon 'radeon holds the second card'
exits 1 'bind by ids that fit both' vfioadm bind 1002:5159
like "$stderr" "2 devices have these ids: $gpu, $second" 'names both'

exits 0 'bind of the second' vfioadm bind 02:00.0
is "$(drivers $gpu $second)" 'radeon vfio-pci ' 'leaves the first alone'
is "$(override $gpu)" '(null)' 'and its override'
exits 0 'bind of the first' vfioadm bind 01:00.0
exits 0 'unbind of the second' vfioadm unbind 02:00.0
is "$(drivers $gpu $second)" 'vfio-pci radeon ' 'leaves the first bound'
exits 0 'unbind of the first' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'all is as before'
done_testing
