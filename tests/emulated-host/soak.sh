# shellcheck shell=bash disable=SC2154 # $status and $stdout are tests/tap.sh's
# soak CYCLES INVOCATIONS: so many times bind and unbind, then so many invocations of several verbs, all
# at once, in one boot; nothing may be lost or left behind. It is the whole of the test.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh
# shellcheck source=tests/emulated-host/drivers.sh
. tests/emulated-host/drivers.sh

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

is_first_state() {
	is "$(host_state)" "$before" "$1: every driver and every override is as it was"
	is "$(left_behind)" '' "$1: no record and no journal is left"
	is "$(pgrep vfioadm)" '' "$1: no process is left"
	is "$(pgrep -r Z)" '' "$1: no zombie either"
}

soak_cycles() {
	local first_peak last_peak memory files slabs grown open
	first_peak=$(peak)
	ok 'the first cycles fill what the kernel keeps' cycles 2 20
	memory=$(kernel_memory)
	files=$(cut -f 1 /proc/sys/fs/file-nr)
	slabs=$(awk 'NR > 2 { print $1, $2 * $4 }' /proc/slabinfo)
	ok "cycles 21 to $(($1 - 1))" cycles 21 $(($1 - 1))
	last_peak=$(peak)
	grown=$(($(kernel_memory) - memory))
	is_first_state "$1 cycles"
	# A hundred bytes lost in a cycle would be lost in the noise; a struct device (700 and more) is not.
	ok "the kernel's memory grew by $grown kB in $(($1 - 20)) cycles: at most 512" test $grown -le 512
	[ $grown -le 512 ] || diag "$(join -j 1 <(sort <<<"$slabs") \
		<(awk 'NR > 2 { print $1, $2 * $4 }' /proc/slabinfo | sort) |
		awk '{ print $3 - $2, $1 }' | sort -rn | head -n 12)"
	open=$(cut -f 1 /proc/sys/fs/file-nr)
	ok "open files: $files, then $open" test "$open" -le $((files + 64))
	ok "vfioadm's peak of memory: $first_peak kB at first, $last_peak at last" \
		test "$last_peak" -le $((first_peak + first_peak / 10))
}

soak_verbs=('bind --json 01:00.0' 'unbind --json 01:00.0' 'status --json' 'check --json 01:00.0' 'recover' 'list --json')

# What each may end with while others are at work: whoever only looks, 0. Whoever changes the host also 1, as
# one at a time does, and 4, where all that others keep busy lets a device or udevd pass the deadline. 3 is for
# a device whose lock another holds for longer than that.
judge_one_of_many() {
	local verb=$1 code=$2 output=$3 blocking
	blocking=$(jq -r '.findings[]? | select(.severity == "block") | .id' "$output" 2>/dev/null | sort -u)
	case $verb:$code:$blocking in
	*:0:* | check:3:device-locked | *bind:3:device-locked) return ;;
	*bind:1: | recover:1:)
		! grep -Eq '^vfioadm: .*(is at work: try again|in the meantime|something else changes)' "$output.err" || return
		;;
	*bind:4:)
		! grep -q '^vfioadm: .*everything was put back' "$output.err" || return
		;;
	esac
	echo "$verb: $code: $blocking $(cat "$output.err")"
}

# changed VERB: how often VERB did something
changed() {
	cat "$tap_dir"/many.*."$1" | jq -s 'map(select(.result == "done")) | length'
}

soak_many() {
	local n words output binds unbinds held
	for ((n = 0; n < $1; n++)); do
		read -ra words <<<"${soak_verbs[n % ${#soak_verbs[@]}]}"
		output=$tap_dir/many.$n.${words[0]}
		{ timeout 900 vfioadm "${words[@]}" >"$output" 2>"$output.err"; echo $? >"$output.code"; } &
	done
	wait
	udevadm settle
	for output in "$tap_dir"/many.*.code; do
		output=${output%.code}
		judge_one_of_many "${output##*.}" "$(cat "$output.code")" "$output"
	done >"$tap_dir/wrong"
	is "$(cat "$tap_dir/wrong")" '' "$1 invocations at once end as their exit codes promise"
	for output in "$tap_dir"/many.*.code; do
		output=${output%.code}
		echo "${output##*.} exits with $(cat "$output.code")"
	done | sort | uniq -c | sed 's/^/# /'
	binds=$(changed bind) unbinds=$(changed unbind)
	ok "$binds binds and $unbinds unbinds changed something: there were some" test "$binds" -ge 1
	exits 0 'status' vfioadm status --json
	held=$(json '.held | length')
	is "$held" $((2 * (binds - unbinds))) 'and so many more binds as the held functions say'
	exits 0 'recover' vfioadm recover
	like "$stderr" 'nothing to recover' 'has nothing to do'
	exits 0 'unbind' vfioadm unbind 01:00.0
	is_first_state "$1 invocations"
}

soak() {
	# A driver that does little: radeon's own leaks are not what this is about.
	install_test_modules
	hold_with nouveau "$gpu"
	before=$(host_state)
	soak_cycles "$1"
	soak_many "$2"
	unlike "$(dmesg)" 'BUG:|Oops|refcount_t|WARNING:' 'the kernel has nothing to complain of'
	done_testing
}
