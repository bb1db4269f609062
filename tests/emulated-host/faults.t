#!/bin/bash
# machine: radeon
# timeout: 600
# test-modules: yes
# System calls of what changes the host, made to fail in turn: every result is one of the exit codes,
# with the state that it promises. A sample, always the same; make check-faults walks through all.

# shellcheck source=tests/faults/walk-host.sh
. tests/faults/walk-host.sh
walk_host --every 251
