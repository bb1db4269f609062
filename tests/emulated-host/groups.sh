# shellcheck shell=bash disable=SC2154 # $stdout is tests/tap.sh's
# What the tests of IOMMU groups share: the machine groups-intel, with its IOMMU of this kind or that.
# A partition is a line for each group: its members' addresses, sorted.

virtual_functions() { echo "$1" >/sys/bus/pci/devices/0000:10:00.0/sriov_numvfs; }

kernel_groups() {
	local group
	for group in /sys/kernel/iommu_groups/*; do
		[ ! -d "$group/devices" ] || (cd "$group/devices" && echo *)
	done | sort
}

# $document is what the next three ask: the JSON of a run before.
predict() {
	exits 0 "$1" "${@:2}" vfioadm groups --predict --json
	document=$stdout
}

predicted_groups() { jq -r '.predicted[].members | join(" ")' <<<"$document" | sort; }
listed_groups() { jq -r '.groups[].members | join(" ")' <<<"$document" | sort; }

# reason ADDRESS: code and text of what a predicted group says of this member
reason() {
	jq -r --arg address "$1" \
		'.predicted[].reasons[] | select(.address == $address) | .code + " " + .text' <<<"$document"
}

# By the rule of the kernel (pci_device_group() in drivers/iommu/iommu.c), worked out by hand; two
# virtual functions of the nvme at 10:00.0 are enabled.
expected_groups() {
	sort <<-'END'
	0000:00:00.0
	0000:00:02.0
	0000:00:04.0
	0000:01:00.0
	0000:00:05.0 0000:02:00.0
	0000:00:06.0
	0000:03:00.0
	0000:04:01.0 0000:05:00.0
	0000:04:02.0 0000:06:00.0
	0000:00:07.0 0000:07:00.0 0000:08:01.0 0000:08:02.0 0000:09:00.0 0000:0a:00.0
	0000:00:08.0 0000:0b:01.0 0000:0b:02.0 0000:0b:03.0 0000:0c:01.0
	0000:00:09.0
	0000:0d:00.0 0000:0e:01.0
	0000:00:0a.0
	0000:0f:00.0 0000:0f:00.1
	0000:00:0b.0
	0000:10:00.0
	0000:10:00.1
	0000:10:00.2
	0000:00:10.0
	0000:00:10.1
	0000:11:00.0
	0000:12:00.0
	0000:00:11.0 0000:00:11.1 0000:13:00.0 0000:14:00.0
	0000:00:12.0
	0000:15:00.0
	0000:00:12.1 0000:16:00.0
	0000:00:1d.0 0000:00:1d.1 0000:00:1d.2
	0000:00:1f.0 0000:00:1f.2 0000:00:1f.3
	END
}

# What holds wherever the IOMMU is on: $1 is the expected partition.
test_prediction_against_kernel() {
	predict 'groups --predict --json'
	is "$(kernel_groups)" "$1" "the kernel's groups are those that its rule gives"
	is "$(predicted_groups)" "$(kernel_groups)" 'the prediction is the same'
	is "$(jq .prediction_matches <<<"$document")" true 'and says so'
	is "$(listed_groups)" "$(kernel_groups)" "the kernel's own groups are listed as they are"
}
