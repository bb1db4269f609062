#!/bin/bash
# machine: radeon
# timeout: 7200
# test-modules: yes
# Every system call of launch before its first change fails in turn.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --only reads --verb launch
