#!/bin/bash
# machine: radeon
# timeout: 7200
# test-modules: yes
# Every system call of bind fails in turn.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --verb bind
