#!/bin/bash
# Libraries are opened by the verbs that need them, and by no other: what the program says of them to
# packagers and initramfs hooks, and what it says when one is missing.

here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/tests/cli/host-tree.sh"

unlike "$(readelf -d "$VFIOADM" | grep NEEDED)" 'libkmod|libcrypto|libpci|libudev|libjson-c|libinih' \
	'the program is linked to none'

# The notes that https://systemd.io/ELF_DLOPEN_METADATA defines: three words, FDO, an array in JSON.
objcopy -O binary --only-section=.note.dlopen "$VFIOADM" "$tap_dir/notes"
mapfile -t notes < <(tr '\0' '\n' <"$tap_dir/notes" | grep -o '^\[{.*}\]$')
sonames=$(printf '%s\n' "${notes[@]}" | jq -r '.[].soname[]' | sort)
is "$sonames" "libinih.so.1
libjson-c.so.5
libkmod.so.2
libpci.so.3
libudev.so.1" 'the notes name all of them'
is "$(readelf -n "$VFIOADM" | grep -c 'FDO .*\|0x407c0c0a')" "${#notes[@]}" 'each in a note of its own'
exits 0 'the program says where they are' "$VFIOADM" --help=libraries
is "$(xargs -n 1 basename <<<"$stdout" | sort)" "$sonames" 'the same ones'
is "$(while read -r file; do [ -f "$file" ] || echo "$file"; done <<<"$stdout")" '' 'by paths that exist'

# without SONAME COMMAND...: an empty file in its place is none that can be opened
# shellcheck disable=SC2317 # called by exits and run
without() {
	local soname=$1
	shift
	mkdir -p "$tap_dir/without-$soname"
	: >"$tap_dir/without-$soname/$soname"
	LD_LIBRARY_PATH=$tap_dir/without-$soname "$@"
}

# missing SONAME PACKAGE COMMAND...: says which and ends, with nothing on standard output
missing() {
	local soname=$1 package=$2
	shift 2
	exits 1 "without $soname: vfioadm $*" without "$soname" "$VFIOADM" "$@"
	like "$stderr" "^vfioadm: ${soname//./\\.}: .*install the package that has it \\(Debian: $package\\)" \
		'says which library, and whose'
	is "$stdout" '' 'and prints no half result'
}

usual_host
missing libpci.so.3 libpci3 --root "$tree" list
missing libjson-c.so.5 libjson-c5 --root "$tree" bind 01:00.0 --dry-run --json
rm -r "$tree/sys/bus/pci/drivers/vfio-pci" "$tree/sys/module/vfio_pci"
mkdir -p "$tree/lib/modules/6.1.0-test"
missing libkmod.so.2 libkmod2 --root "$tree" bind 01:00.0 --dry-run
mkdir -p "$tree/etc/vfioadm/claims.d"
printf '[claim]\naddress=0000:01:00.0\n' >"$tree/etc/vfioadm/claims.d/card.conf"
run without libinih.so.1 "$VFIOADM" --root "$tree" claim list
like "$stderr" 'libinih\.so\.1: .*\(Debian: libinih1\)' 'without libinih.so.1: claim list says so'

# opens COMMAND...: which of them, and which of the large indexes, a verb opens, by what strace sees
opens() {
	strace -f -e trace=openat,open -o "$tap_dir/trace" "$VFIOADM" --root "$tree" "$@" >"$tap_dir/output" 2>&1
	grep -v ENOENT "$tap_dir/trace" |
		grep -oE 'lib(kmod|crypto|pci|udev|json-c|inih)\.so|pci\.ids|modules\.(dep|alias|builtin|softdep)|modprobe\.d|"config"' |
		sort -u | tr '\n' ' '
}
usual_host

# Without strace it fails, as it must in CI.
is "$(opens --version)" '' 'no library and no index is opened for --version'
is "$(opens status)" '' 'nor for status'
is "$(opens bind 01:00.0 --dry-run)" '"config" ' \
	'nor by bind where vfio-pci is there: but configuration space, of the functions that it is about'
is "$(grep -c '"config"' "$tap_dir/trace")" 2 'which are two'
is "$(opens unbind 01:00.0 --dry-run)" '"config" ' 'nor by unbind'
is "$(opens list)" '"config" libpci.so libudev.so pci.ids ' 'list opens libpci and pci.ids, for the names'
is "$(opens bind 02:00.0 --dry-run --json)" '"config" libjson-c.so ' 'JSON alone opens json-c'
rm -r "$tree/sys/bus/pci/drivers/vfio-pci" "$tree/sys/module/vfio_pci"
mkdir -p "$tree/lib/modules/6.1.0-test"
like "$(opens bind 02:00.0 --dry-run)" 'libcrypto.so libkmod.so' 'a module that is not there opens libkmod'
done_testing
