# shellcheck shell=bash disable=SC2154 # $stdout is tests/tap.sh's
# What tests in the emulated host ask about its devices. Source it after tests/tap.sh.

# shellcheck disable=SC2034 # for the tests
gpu=0000:01:00.0 audio=0000:01:00.1

driver() { basename "$(readlink "/sys/bus/pci/devices/$1/driver" || echo none)"; }
override() { cat "/sys/bus/pci/devices/$1/driver_override"; }
group() { basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")"; }
drivers() { for address; do driver "$address"; done | tr '\n' ' '; }

# Driver and override of every function: equal before and after means that nothing was changed.
host_state() {
	local device
	for device in /sys/bus/pci/devices/*; do
		echo "${device##*/} $(driver "${device##*/}") $(override "${device##*/}")"
	done
}

# Records and journal that vfioadm left behind.
left_behind() { find /run/vfioadm -type f ! -name lock 2>/dev/null; }

# Wait until a command succeeds, for at most so many seconds: eventually SECONDS COMMAND...
eventually() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

json() { jq -r "$1" <<<"$stdout"; }
