# shellcheck shell=bash
# For tests in the emulated host: walk_host OPTION... VERB... walks through the system calls of verbs
# on a card whose drivers start and end at once. It is the whole of the test.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

walk_host() {
	install_test_modules
	hold_with nouveau "$gpu"
	echo amdgpu >"/sys/bus/pci/devices/$audio/driver_override"
	hold_with amdgpu "$audio"
	# Of thousands of events none needs a rule; vfioadm waits for udevd, which only has to say that it is done.
	rm -f /usr/lib/udev/rules.d/*.rules
	udevadm control --reload
	mkdir -p /run/guest
	cc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -static -o "$tap_dir/inject" tests/faults/inject.c || exit
	cc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -static -o "$tap_dir/branch" tests/faults/branch.c || exit
	cc -std=gnu11 -D_GNU_SOURCE -O1 -Wall -static -o /run/guest/qemu tests/faults/guest.c || exit
	cp tests/fixtures/qemu/7.2.qmp /run/guest/answers
	# shellcheck disable=SC2034 # the results are walk-host's own
	tap_finished=yes
	tests/faults/walk-host "$@" "$tap_dir/inject" "$tap_dir/branch"
	exit
}
