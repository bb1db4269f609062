# shellcheck shell=bash
# For tests in the emulated host: walk_host OPTION... VERB... walks through the system calls of verbs
# on a card whose driver starts and ends at once. It is the whole of the test.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

walk_host() {
	install_test_modules
	hold_with nouveau "$gpu"
	cc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -o "$tap_dir/inject" tests/faults/inject.c || exit
	run tests/faults/walk-host "$@" "$tap_dir/inject"
	printf '%s\n' "$stdout"
	diag "$stderr"
	# shellcheck disable=SC2034 # the results are walk-host's own
	tap_finished=yes
	exit "$status"
}
