#!/bin/bash
# machine: claims-off
# vfioadm.claim=off is the way out: no claim holds, and a GPU driver that was there first keeps its card.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

second=0000:02:00.0
like "$(cat /run/early-output)" 'early: 0' 'early exits with 0'
like "$(dmesg)" "claim gpu: $second: off: vfioadm.claim=off is on the kernel command line" 'and says why it does nothing'
is "$(drivers $gpu $second)" 'radeon radeon ' 'radeon has both cards'
is "$(override $second)" '(null)' 'no override was written'
exits 0 'verify' vfioadm claim verify --json
is "$(json '.verdict, .claims[0].state')" 'off
off' 'says that they are off'
is "$(find /run/vfioadm/claims -type f)" '' 'udev finds no mark'
done_testing
