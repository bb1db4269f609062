#!/bin/bash
# machine: rom
# The ROMs of real devices: what is read, what is concluded, and that nothing else changes.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/emulated-host/devices.sh
. tests/emulated-host/devices.sh

boot=0000:00:02.0 efi=0000:01:00.0 legacy=0000:02:00.0
rom() { echo "/sys/bus/pci/devices/$1/rom"; }
# What Linux says to who reads the attribute while it is disabled.
# shellcheck disable=SC2317 # ok calls it
disabled() { LC_ALL=C head -c 1 "$(rom "$1")" 2>&1 | grep -q 'Invalid argument'; }
settings() { cat "/sys/bus/pci/devices/$1"/{enable,power/control,driver_override}; }

before=$(host_state)
settings_before=$(settings $efi)

exits 0 'rom of the card with an EFI image' vfioadm rom 01:00.0 --json
is "$(json .schema)" vfioadm/1 'names its schema'
is "$(json .efi_boot)" true 'has one for this machine'
is "$(json '.images[] | .code_type, .vendor, .device, .last' | tr '\n' ' ')" \
	'x86 8086 100e false efi 8086 100e true ' 'has both images'
is "$(json '.images[1].efi | .machine, .subsystem, .compressed' | tr '\n' ' ')" \
	'x86-64 boot-service-driver false ' 'says what the EFI image is'
like "$(json '.problems[]')" 'for 8086:100e, the device is 1002:5159' 'sees that it is that of another card'
ok 'and its ROM is disabled again' disabled $efi

exits 0 'rom of a whole slot is of its GPU' vfioadm rom 01:00
like "$stdout" '^EFI image for this machine: yes' 'for people too'

exits 0 'rom of the card without an EFI image' vfioadm rom 02:00.0 --json
is "$(json '.efi_boot, .images[].code_type, .problems[]' | tr '\n' ' ')" 'false x86 ' 'has only that for a BIOS'
ok 'and its ROM is disabled again' disabled $legacy

# The kernel ends a ROM with its last image; the file may be longer.
echo 1 >"$(rom $efi)" && cat "$(rom $efi)" >"$tap_dir/rom"
echo 0 >"$(rom $efi)"
exits 0 'the same as a file' vfioadm rom "$tap_dir/rom" --json
is "$(json .efi_boot)" true 'has the EFI image'

exits 1 'rom of the boot GPU' vfioadm rom $boot --json
is "$stdout" '' 'has no result, so no conclusion'
like "$stderr" "$boot: this says nothing about its ROM: it is the boot GPU" 'says why'
like "$stderr" 'romfile' 'and what to do'
not_ok 'and its ROM stays disabled' grep -q . "$(rom $boot)"

# check asks the same of every GPU that it judges, and of no other device.
exits 0 'check --rom' vfioadm check 01:00.0 02:00.0 03:00.0 --rom --json
is "$(json '.findings[] | select(.id | startswith("rom")) | .id + " " + .subject')" "rom-without-efi $legacy" \
	'finds the card without an EFI image'
ok 'and both ROMs are disabled again' disabled $efi
ok 'each' disabled $legacy
exits 0 'check' vfioadm check 02:00.0 --json
is "$(json '.findings[] | select(.id | startswith("rom")) | .id')" '' 'reads no ROM unless told to'
run vfioadm check $boot --rom --json
is "$(json '.findings[] | select(.id | startswith("rom")) | .id')" rom-shadowed "concludes nothing of the boot GPU's"
not_ok 'whose ROM stays disabled' grep -q . "$(rom $boot)"
exits 1 'check --rom for others than root' \
	setpriv --reuid=65534 --regid=65534 --clear-groups vfioadm check 01:00.0 --rom
like "$stderr" 'only root can read the ROM' 'says so'

# A romfile= is judged before the guest starts.
printf '[guest]\nmemory=64M\n[firmware]\ncode=auto\n[hostdev gpu]\naddress=%s\nromfile=%s\n' $efi "$tap_dir/rom" \
	>"$tap_dir/guest.conf"
run vfioadm launch -n "$tap_dir/guest.conf" --json
is "$(json '.findings | map(select(.id == "rom-without-efi")) | length')" 0 'a romfile with an EFI image is fine'
echo 1 >"$(rom $legacy)" && cat "$(rom $legacy)" >"$tap_dir/rom"
echo 0 >"$(rom $legacy)"
run vfioadm launch -n "$tap_dir/guest.conf" --json
is "$(json '.findings[] | select(.id == "rom-without-efi") | .subject')" $efi 'and one without is told'

exits 1 'rom of a card that has none' vfioadm rom 03:00.0
like "$stderr" '0000:03:00.0: it has no option ROM of its own' 'says so'
exits 3 'rom of a bridge' vfioadm rom 00:04.0
exits 1 'rom of ids that two cards have' vfioadm rom 1002:5159
like "$stderr" "2 devices have these ids" 'names both'

exits 1 'rom of a device for others than root' \
	setpriv --reuid=65534 --regid=65534 --clear-groups vfioadm rom 01:00.0
like "$stderr" "$efi: only root can read the ROM" 'says so'

# Whatever happens between enabling and disabling.
if command -v strace >/dev/null; then
	path=$(readlink -f "$(rom $efi)")
	exits 1 'a read that fails' strace -qq -o "$tap_dir/trace" -P "$path" \
		-e inject=pread64:error=ENOMEM vfioadm rom 01:00.0
	like "$stderr" "$efi: cannot read its ROM: Cannot allocate memory" 'is told'
	ok 'and the ROM is disabled again' disabled $efi
	exits 1 'a card that does not answer' strace -qq -o "$tap_dir/trace" -P "$path" \
		-e inject=pread64:retval=0 vfioadm rom 01:00.0 --json
	is "$stdout" '' 'is no conclusion'
	like "$stderr" "$efi: this says nothing .* \(power state .*, driver radeon\)" 'and is told'
	ok 'and the ROM is disabled again' disabled $efi
	run strace -qq -o "$tap_dir/trace" -P "$path" -e inject=pread64:signal=TERM:when=2 vfioadm rom 01:00.0
	is $status 143 'a signal ends it'
	is "$(grep -o 'pwrite64(.*"[01]' "$tap_dir/trace" | tail -c 2)" 0 'once the ROM is disabled'
	ok 'which it is' disabled $efi
	exits 1 'a ROM that cannot be disabled' strace -qq -o "$tap_dir/trace" -P "$path" \
		-e inject=pwrite64:error=EIO:when=2 vfioadm rom 01:00.0
	like "$stderr" "$efi: cannot disable its ROM again: do   echo 0" 'is told, with what to do'
	echo 0 >"$(rom $efi)"
else
	skip 'failures in between' 'no strace here; install the package strace'
fi

is "$(host_state)" "$before" 'no driver and no override has changed'
is "$(settings $efi)" "$settings_before" 'and no other setting'

# Under vfio-pci an idle card may be put to sleep; QEMU's Radeon has no power management.
exits 0 'bind' vfioadm bind 01:00.0
exits 0 'rom of a card that is bound to vfio-pci' vfioadm rom 01:00.0 --json
is "$(json .efi_boot)" true 'is the same'
is "$(drivers $efi)" 'vfio-pci ' 'and it stays bound'
ok 'with its ROM disabled' disabled $efi
exits 0 'unbind' vfioadm unbind 01:00.0
is "$(host_state)$(left_behind)" "$before" 'all is as before'
done_testing
