#!/bin/bash
# machine: radeon
# timeout: 900
# test-modules: yes
# System calls of what changes the host, made to fail in turn: every result is one of the exit codes,
# with the state that it promises. A sample, for a quick look.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --every 61
