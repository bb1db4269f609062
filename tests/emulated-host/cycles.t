#!/bin/bash
# machine: radeon
# timeout: 900
# test-modules: yes
# A hundred times bind and unbind in one boot leave nothing behind: no override, no record, no
# process, no memory.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

# A driver that does little: radeon's own leaks are not what this is about.
install_test_modules
hold_with nouveau $gpu
before=$(host_state)

# shellcheck disable=SC2317 # called by cycles
cycle() { vfioadm -q bind 01:00.0 && vfioadm -q unbind 01:00.0; } >/dev/null

# cycles FROM TO: stops at the first that fails
# shellcheck disable=SC2317 # called by ok
cycles() {
	local n
	for ((n = $1; n <= $2; n++)); do
		cycle 2>"$tap_dir/cycle" || {
			diag "cycle $n: $(cat "$tap_dir/cycle")"
			return 1
		}
	done
}

# Peak memory of a bind, in kB.
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' vfioadm -q bind 01:00.0
	vfioadm -q unbind 01:00.0 >/dev/null
}

# What the kernel cannot give back of its own memory, in kB, once it has tidied up.
kernel_memory() {
	udevadm settle
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^SUnreclaim:|^KernelStack:|^PageTables:|^Percpu:/ { sum += $2 } END { print sum }' /proc/meminfo
}

first_peak=$(peak)
ok 'the first cycles fill what the kernel keeps' cycles 2 20
memory=$(kernel_memory)
files=$(cut -f 1 /proc/sys/fs/file-nr)
slabs=$(awk 'NR > 2 { print $1, $2 * $4 }' /proc/slabinfo)
ok 'eighty more' cycles 21 99
last_peak=$(peak)
grown=$(($(kernel_memory) - memory))

is "$(host_state)" "$before" 'every driver and every override is as it was'
is "$(left_behind)" '' 'no record and no journal is left'
is "$(pgrep vfioadm)" '' 'no process is left'
is "$(pgrep -r Z)" '' 'no zombie either'
# A hundred bytes lost in a cycle would be lost in the noise; a struct device (700 and more) is not.
bound=512
ok "the kernel's memory grew by $grown kB in 80 cycles: at most $bound" test $grown -le $bound
[ $grown -le $bound ] || diag "$(join -j 1 <(sort <<<"$slabs") <(awk 'NR > 2 { print $1, $2 * $4 }' /proc/slabinfo | sort) |
	awk '{ print $3 - $2, $1 }' | sort -rn | head -n 12)"
open=$(cut -f 1 /proc/sys/fs/file-nr)
ok "open files: $files, then $open" test "$open" -le $((files + 64))
ok "vfioadm's peak of memory: $first_peak kB at first, $last_peak at last" \
	test "$last_peak" -le $((first_peak + first_peak / 10))
unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
done_testing
