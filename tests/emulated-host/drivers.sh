# shellcheck shell=bash
# Drivers that misbehave, from tests/kernel-module. Source it after devices.sh, in a script whose
# head says "# test-modules: yes".

# Where modprobe and libkmod find them; those of the same name come before the kernel's own.
install_test_modules() { cp -r "${TEST_MODULES:?}/usr/lib/modules/." /usr/lib/modules/; }

# set_knob MODULE PARAMETER VALUE
set_knob() { echo "$3" >"/sys/module/$1/parameters/$2"; }

# hold_with MODULE ADDRESS: that driver has the device, and had it before vfioadm came
hold_with() {
	[ -e "/sys/module/$1" ] || modprobe "$1"
	[ "$(driver "$2")" != "$1" ] || return 0
	[ "$(driver "$2")" = none ] || echo "$2" >"/sys/bus/pci/devices/$2/driver/unbind"
	echo "$2" >"/sys/bus/pci/drivers/$1/bind"
}

# settle_card: its driver does little, the modules of vfio are loaded; $before is the host's state from then on
settle_card() {
	install_test_modules
	# shellcheck disable=SC2154 # devices.sh has it
	hold_with nouveau "$gpu"
	exits 0 'a bind that loads the modules' vfioadm bind 01:00.0
	exits 0 'and back' vfioadm unbind 01:00.0
	# shellcheck disable=SC2034 # for who calls it
	before=$(host_state)
}

# fail_probe FUNCTION ERRNO: that function of the kernel returns the error; stop_failing ends it
fail_probe() { insmod "/usr/lib/modules/$(uname -r)/updates/probe-fault.ko" "function=$1" "error=$2"; }
stop_failing() { rmmod probe_fault; }
