#!/bin/bash
# What vfioadm says of captured hosts, word for word: tests/fixtures/MACHINE.tar.xz is the host,
# tests/fixtures/MACHINE/ what is expected. REGEN=1 writes the expectations anew: read the diff.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# golden NAME ARGUMENT...: the exit status, standard error and standard output are as in the file NAME
golden() {
	local name=$1 file
	shift
	file=$expected/$name
	run "$VFIOADM" --root "$root" "$@"
	{
		echo "\$ vfioadm $*"
		echo "exit status $status"
		[ -z "$stderr" ] || printf '%s\n' "$stderr"
		printf '%s\n' "$stdout"
	} >"$tap_dir/got"
	if [ -n "${REGEN-}" ]; then
		mkdir -p "$expected" && cp "$tap_dir/got" "$file"
	fi
	ok "$machine: $*" diff -u "$file" "$tap_dir/got"
}

for capture in "$here"/tests/fixtures/*.tar.xz; do
	machine=$(basename "$capture" .tar.xz)
	expected=$here/tests/fixtures/$machine
	root=$tap_dir/$machine
	mkdir "$root" && tar -C "$root" -xJf "$capture"
	golden list.txt list --all
	golden list.json list --json
	golden check.txt check
	golden check.json check --json
	golden groups.txt groups
	golden predict.txt groups --predict
	golden predict.json groups --predict --json
	golden bind.txt bind --dry-run 01:00.0
	[ "$machine" != acs-off ] || golden groups.dot groups --dot
	# The card behind a switch without ACS of the machines that have every shape of groups.
	if [ -e "$root/sys/bus/pci/devices/0000:05:00.0" ]; then
		golden check-switch.txt check 05:00.0
		golden check-switch.json check 05:00.0 --json
	fi
done
done_testing
