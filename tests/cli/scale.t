#!/bin/bash
# What a verb costs grows with the number of functions, and no faster: callgrind counts instructions, and
# strace system calls, on made-up hosts.

here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

for tool in valgrind strace; do
	command -v $tool >/dev/null || [ -n "${CI-}" ] || skip_all "no $tool here: contrib/install-packages check"
done

"${CC:-cc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$tap_dir/made-host" "$here/tests/bench/made-host.c" || exit
for count in 128 256 512; do
	mkdir "$tap_dir/$count"
	"$tap_dir/made-host" "$tap_dir/$count" $count || exit
done
is "$("$VFIOADM" --root "$tap_dir/512" list --all --json | jq '.devices | length')" 512 'the made-up host has 512 functions'
is "$("$VFIOADM" --root "$tap_dir/512" groups --predict --json | jq '.prediction_matches')" true \
	'and the groups that the kernel would make'

# instructions COUNT VERB...: of the program itself, which are more than its helper's
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$VFIOADM" --root "$tap_dir/$1" "${@:2}" 2>&1 >/dev/null |
		sed -n 's/.*Collected : //p' | sort -n | tail -n 1
}

calls() {
	strace -f -c -o "$tap_dir/calls" "$VFIOADM" --root "$tap_dir/$1" "${@:2}" >/dev/null 2>&1
	awk '$NF == "total" { print $4 }' "$tap_dir/calls"
}

# linear VERB...: from 256 to 512 functions it grows by twice what it does from 128 to 256, and little more
linear() {
	local costs=() count
	for count in 128 256 512; do costs+=("$(instructions $count "$@")"); done
	diag "$*: instructions of 128, 256 and 512 functions: ${costs[*]}"
	ok "$*: grows linearly" test $(((costs[2] - costs[1]) * 10)) -lt $(((costs[1] - costs[0]) * 23))
}
linear list --all
linear groups
linear check
linear groups --predict

# What bind is about is one card: of each other function it reads a few attributes, of 3 system calls each.
few=$(calls 128 bind 01:00.0 --dry-run)
many=$(calls 512 bind 01:00.0 --dry-run)
diag "bind: system calls with 128 functions: $few, with 512: $many"
ok 'bind looks closely at its own functions only' test $(((many - few) / 384)) -le 20
done_testing
