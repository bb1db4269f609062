#!/bin/bash
# The udev rules: udev itself finds nothing wrong with them. "udevadm verify" came with systemd 254; where
# this machine's is older, it is Debian 13's.

# shellcheck source=tests/tap.sh
. tests/tap.sh

cannot() {
	[ -z "${CI-}" ] || { not_ok "$1" true; exit 1; }
	echo "$0: SKIPPED: $1" >&2
	skip_all "$1"
}

udevadm=(udevadm)
if ! udevadm verify --help >/dev/null 2>&1; then
	newer=$(tests/debian-13 udev) || cannot 'no udevadm that can verify rules (the reason is above)'
	udevadm=("$newer/run" usr/bin/udevadm)
fi

for rules in udev-rules/*.rules; do
	exits 0 "$rules" "${udevadm[@]}" verify "$rules"
	unlike "$stdout$stderr" "$rules:" 'has no warning'
done
sed 's/SUBSYSTEM=="pci"/SUBSYSTEM="pci"/' udev-rules/60-vfioadm.rules >"$tap_dir/60-wrong.rules"
exits 1 'an assignment in place of a comparison' "${udevadm[@]}" verify "$tap_dir/60-wrong.rules"
like "$stdout$stderr" '60-wrong.rules:[0-9]+' 'would have been found'
done_testing
