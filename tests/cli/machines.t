#!/bin/bash
# The predicted groups of recorded machines are the groups that the kernel made there, with the IOMMU
# on and as if it were off. VFIOADM_MACHINES is a directory of such records, MACHINE.tsv, beside a
# directory tools with the program machine2sysfs that makes a host root of one.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

machines=${VFIOADM_MACHINES-$here/../shared/machines}
make_root=$machines/../tools/machine2sysfs
shopt -s nullglob
records=("$machines"/*.tsv)
if [ ${#records[@]} -eq 0 ] || [ ! -x "$make_root" ]; then
	why="no recorded machines in $machines; VFIOADM_MACHINES names the directory that has them"
	echo "machines.t: SKIPPED: $why" >&2
	skip_all "$why"
fi

# Columns of a record: 1 is a function's address, 10 its group or -. What has no group is left out.
recorded_groups() {
	awk -F'\t' '!/^#/ && $10 != "-" { print $10, $1 }' "$1" | sort |
		awk '{ members[$1] = members[$1] $2 " " }
			END { for (group in members) print members[group] }' | sed 's/ $//' | sort
}

has_group() { awk -F'\t' '!/^#/ && $10 != "-" { print $1 }' "$1" | jq -nR '[inputs]'; }

# Of what is predicted, the functions that had a group on the machine.
predicted_groups() {
	jq -r --argjson grouped "$2" '($grouped | map({(.): true}) | add // {}) as $has |
		.predicted[].members | map(select($has[.])) | select(length > 0) | join(" ")' "$1" | sort
}

# with_acs RECORD ADDRESS: the same machine, where this device has ACS (column 8)
with_acs() { awk -F'\t' -v OFS='\t' -v address="$2" '$1 == address { $8 = "001f"; $9 = "0000" } 1' "$1"; }

# What would change with one device's ACS is what is predicted where that device has it.
check_what_ifs() {
	local address
	for address in $(jq -r '[.what_if[].address] | unique[]' "$tap_dir/document"); do
		with_acs "$record" "$address" >"$tap_dir/$machine.tsv"
		"$make_root" "$tap_dir/$machine.tsv" "$root-acs" --no-groups
		"$VFIOADM" --root "$root-acs" groups --predict --json >"$tap_dir/with"
		"$VFIOADM" --root "$root" groups --with-acs "$address" --json >"$tap_dir/supposed"
		is "$(jq -c '[.with_acs.predicted[].members]' "$tap_dir/supposed")" \
			"$(jq -c '[.predicted[].members]' "$tap_dir/with")" \
			"$machine: what $address with ACS would change"
		is "$(jq -c --arg address "$address" \
			'[.what_if[] | select(.address == $address and (.groups | length) > 1) | .groups]' \
			"$tap_dir/document")" \
			"$(jq -c '[.with_acs.changes[].groups]' "$tap_dir/supposed")" \
			"$machine: $address beside its reason"
		rm -r "$root-acs"
	done
}

for record in "${records[@]}"; do
	machine=$(basename "$record" .tsv)
	recorded=$(recorded_groups "$record")
	grouped=$(has_group "$record")
	for iommu in on off; do
		root=$tap_dir/$machine-$iommu
		off=()
		[ $iommu = on ] || off=(--no-groups)
		ok "$machine, IOMMU $iommu: the record is good" "$make_root" "$record" "$root" "${off[@]}"
		exits 0 "$machine, IOMMU $iommu: groups" "$VFIOADM" --root "$root" groups --predict --json
		printf '%s' "$stdout" >"$tap_dir/document"
		matches=$(jq .prediction_matches "$tap_dir/document")
		[ $iommu = on ] || check_what_ifs
		if [ -z "$recorded" ]; then
			is "$matches" null "$machine, IOMMU $iommu: no groups were recorded"
			continue
		fi
		is "$(predicted_groups "$tap_dir/document" "$grouped")" "$recorded" \
			"$machine, IOMMU $iommu: the prediction is what was recorded"
		[ $iommu = off ] || is "$matches" true "$machine: and says so"
		rm -r "$root"
	done
done
done_testing
