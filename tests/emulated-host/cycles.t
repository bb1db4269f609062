#!/bin/bash
# machine: radeon
# timeout: 900
# test-modules: yes
# A hundred times bind and unbind, and two dozen invocations at once, in one boot leave nothing behind:
# no override, no record, no process, no memory. make soak does it ten times as long.

# shellcheck source=tests/emulated-host/soak.sh
. tests/emulated-host/soak.sh
soak 100 24
