#!/bin/bash
# machine: radeon
# timeout: 7200
# test-modules: yes
# A thousand times bind and unbind, and two hundred invocations at once, in one boot.

# shellcheck source=tests/emulated-host/soak.sh
. tests/emulated-host/soak.sh
soak 1000 200
