# shellcheck shell=bash disable=SC2154 # $stdout is tests/tap.sh's
# What tests in the emulated host ask about its devices. Source it after tests/tap.sh.

# shellcheck disable=SC2034 # for the tests
gpu=0000:01:00.0 audio=0000:01:00.1

driver() { basename "$(readlink "/sys/bus/pci/devices/$1/driver" || echo none)"; }
override() { cat "/sys/bus/pci/devices/$1/driver_override"; }
group() { basename "$(readlink "/sys/bus/pci/devices/$1/iommu_group")"; }
drivers() { for address; do driver "$address"; done | tr '\n' ' '; }

# Driver and override of every function: equal before and after means that nothing was changed. Few
# processes, as an emulated processor takes long to start one.
host_state() {
	(
		cd /sys/bus/pci/devices || exit
		find ./*/driver -printf '%h %l\n' | sed 's,[^ ]*/,,g'
		grep -H . ./*/driver_override
	)
}

# The host's own screen on the UEFI machines, and what it is drawn with: the kernel's frame buffers, and
# its text consoles with 1 for the one that is in use.
# shellcheck disable=SC2034 # for the tests
screen=0000:00:02.0
screen_state() {
	local console
	cat /proc/fb
	for console in /sys/class/vtconsole/*; do
		echo "$(cat "$console/name") $(cat "$console/bind")"
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

# The plan that --dry-run printed, without the numbers.
plan_text() { printf '%s\n' "$stdout" | sed 's/^ *[0-9]*\. //'; }

# Each journal line is flushed: vfioadm is killed as it asks for the Nth flush. kill_at N ARGUMENT...
kill_at() {
	local line=$1
	shift
	# The braces are for what bash itself says of a killed process. No --seccomp-bpf: with that,
	# strace 6.1 injects nothing.
	{
		strace -qq -o /dev/null -e trace=fdatasync \
			-e "inject=fdatasync:signal=SIGKILL:when=$line" vfioadm "$@"
	} 2>/dev/null
	killed=$?
	eventually 20 sh -c '! pgrep -x vfioadm-helper' || diag 'a helper is left'
}
