#!/bin/bash
# Every fuzz target, on its seeds and for two seconds more: they still build, run and find nothing.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

for file in tests/fuzz/*.c; do
	target=$(basename "$file" .c)
	[ "$target" = make-option-roms ] && continue
	ok "$target" make -s "fuzz-$target" FUZZ_SECONDS=2 FUZZ_CORPUS="$tap_dir"
	seeds=$(sed -n 's/^INFO: *\([0-9]*\) files found in .*/\1/p' <<<"$stderr" | tail -1)
	executed=$(sed -n 's/^stat::number_of_executed_units: //p' <<<"$stderr")
	ok "$target: ${executed:-none} inputs, the ${seeds:-0} seeds and more" \
		test "${seeds:-0}" -gt 0 -a "${executed:-0}" -gt "${seeds:-0}"
done
done_testing
