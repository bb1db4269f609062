#!/bin/bash
# machine: radeon
# timeout: 7200
# test-modules: yes
# Every system call of claim add and claim remove fails in turn.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --verb claim-add --verb claim-remove
