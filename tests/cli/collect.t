#!/bin/bash
# collect: a capture, unpacked anywhere, says what the host said; and it tells nothing of its owner.
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

usual_host
device=$tree/sys/bus/pci/devices/0000:02:00.0
# A PCIe function with a serial number: extended capability 3, then ACS, which has to stay.
head -c 4096 /dev/zero >"$device/config"
poke() { printf '%b' "$2" | dd of="$device/config" bs=1 seek=$(($1)) conv=notrunc status=none; }
poke 0x100 '\x03\x00\x01\x20\x11\x22\x33\x44\x55\x66\x77\x88'
poke 0x200 '\x0d\x00\x01\x00\x1d\x00\x1d\x00'
echo 'BOOT_IMAGE=/vmlinuz root=UUID=secret ip=10.0.0.1::::myhost intel_iommu=on quiet' >"$tree/proc/cmdline"
printf 'processor: 0\nvendor_id\t: GenuineIntel\nflags\t: vmx\nSerial\t: 12345\n' >"$tree/proc/cpuinfo"
echo '  30: 5 IR-PCI-MSI 524288-edge enx001122334455' >"$tree/proc/interrupts"
mkdir -p "$tree/etc/modprobe.d" "$tree/sys/class/net/enx001122334455"
printf '# John is its owner\nblacklist nouveau\noptions wifi password=secret\n' >"$tree/etc/modprobe.d/my.conf"
echo 00:11:22:33:44:55 >"$tree/sys/class/net/enx001122334455/address"
mkdir -p "$tree/etc/vfioadm/claims.d"
printf '# John claims it\n[claim]\naddress=01:00.0\n' >"$tree/etc/vfioadm/claims.d/gpu.conf"
ln -s /dev/null "$tree/etc/vfioadm/claims.d/none.conf"
before=$(snapshot)

exits 0 'collect' "$VFIOADM" --root "$tree" collect "$tap_dir/host.tar"
is "$(snapshot)" "$before" 'only reads'
exits 0 'the archive is one that tar reads' tar -tf "$tap_dir/host.tar"
is "$(tar --numeric-owner -tvf "$tap_dir/host.tar" | awk '{ print $2 }' | sort -u)" '0/0' 'and belongs to root'
mkdir "$tap_dir/copy"
ok 'it unpacks' tar -C "$tap_dir/copy" -xf "$tap_dir/host.tar"

for verb in 'list --all --json' 'check 01:00.0 --json' 'check 02:00.0' 'bind -n 01:00.0' 'status --json' 'claim list'; do
	# shellcheck disable=SC2086 # words
	run "$VFIOADM" --root "$tree" $verb
	there="$status $stdout $stderr"
	# shellcheck disable=SC2086
	run "$VFIOADM" --root "$tap_dir/copy" $verb
	is "$status $stdout $stderr" "$there" "$verb says the same of the capture"
done

exits 0 'a second capture' "$VFIOADM" --root "$tree" collect "$tap_dir/again.tar"
ok 'is the same' cmp "$tap_dir/host.tar" "$tap_dir/again.tar"
not_ok 'no name, secret, address or serial number is in it' \
	grep -aEq 'secret|myhost|John|001122334455|00:11:22|10\.0\.0\.1|12345' "$tap_dir/host.tar"
copy=$tap_dir/copy/sys/bus/pci/devices/0000:02:00.0/config
is "$(od -An -tx1 -j256 -N12 "$copy" | tr -d ' \n')" 030001200000000000000000 'a serial number is blanked'
is "$(od -An -tx1 -j512 -N8 "$copy" | tr -d ' \n')" 0d0001001d001d00 'the capability behind it is whole'
is "$(cat "$tap_dir/copy/proc/cmdline")" 'intel_iommu=on ' 'of the command line only what bears on devices'
is "$(cat "$tap_dir/copy/etc/modprobe.d/my.conf")" 'blacklist nouveau' 'of modprobe.d too'

exits 1 'a file that is there' "$VFIOADM" --root "$tree" collect "$tap_dir/host.tar"
like "$stderr" "^vfioadm: $tap_dir/host.tar: cannot make the file: File exists" 'is not written over'
exits 1 'a directory that is not there' "$VFIOADM" --root "$tree" collect /nowhere/host.tar
exits 1 'a full disk' "$VFIOADM" --root "$tree" collect /dev/full
done_testing
