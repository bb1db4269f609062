#!/bin/bash
# machine: radeon
# timeout: 7200
# test-modules: yes
# Every system call of launch fails in turn, from the first change on until the card is back.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --only writes --verb launch
