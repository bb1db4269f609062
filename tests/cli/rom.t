#!/bin/bash
# rom on files: what people and programs read, exit codes, and what is taken for a DEVICE.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/cli/host-tree.sh
. "$here/host-tree.sh"

json() { jq -r "$1" <<<"$stdout"; }

# put FILE OFFSET BYTES: in printf's words, "\x55\xaa"
put() { printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# image FILE AT TYPE INDICATOR: 1 KiB, for 1002:5159, after the PCI Firmware Specification 3.0, 5.1
image() {
	truncate -s $(($2 + 1024)) "$1"
	put "$1" "$2" '\x55\xaa\x02'
	put "$1" $(($2 + 24)) '\x1c\x00'
	put "$1" $(($2 + 28)) "PCIR\x02\x10\x59\x51\x00\x00\x18\x00\x00\x00\x00\x03\x02\x00\x00\x00\x0$3\x$4"
}

# A BIOS wants the bytes to sum up to 0.
x86_image() {
	local sum
	image "$1" "$2" 0 "$3"
	sum=$(od -An -v -tu1 -j "$2" -N 1024 "$1" | tr -s ' \n' '++' | sed 's/^+//; s/+$//')
	put "$1" $(($2 + 6)) "\\x$(printf %02x $((-(sum) & 255)))"
}

# For x86-64, with a program that begins with PE.
efi_image() {
	image "$1" "$2" 3 80
	put "$1" $(($2 + 4)) '\xf1\x0e\x00\x00\x0b\x00\x64\x86\x00\x00'
	put "$1" $(($2 + 22)) '\x00\x01'
	put "$1" $(($2 + 256)) 'PE\x00\x00\x64\x86'
}

cd "$tap_dir" || exit 1
x86_image legacy.rom 0 80
x86_image both.rom 0 00
efi_image both.rom 1024

exits 0 'rom of a file with an EFI image' "$VFIOADM" rom both.rom --json
is "$(json 'keys_unsorted | join(" ")')" 'schema images efi_boot problems' 'has the members of the contract'
is "$(json '.images[0] | keys_unsorted | join(" ")')" 'offset length code_type vendor device last efi' \
	'each image too'
is "$(json '.images[] | [.offset, .length, .code_type, .vendor, .device, .last] | join(" ")')" \
	'0 1024 x86 1002 5159 false
1024 1024 efi 1002 5159 true' 'has both images'
is "$(jq -c '.images[].efi' <<<"$stdout")" \
	'null
{"machine":"x86-64","subsystem":"boot-service-driver","compressed":false}' 'says what the EFI image is'
is "$(jq -c '[.efi_boot, .problems]' <<<"$stdout")" '[true,[]]' 'and that it boots'
exits 0 'the same for people' "$VFIOADM" rom both.rom
is "$stdout" 'IMAGE  OFFSET  LENGTH  TYPE  IDS        CLASS   LAST  EFI
1      0       1024    x86   1002:5159  030000  -     -
2      1024    1024    efi   1002:5159  030000  yes   x86-64 (8664), boot-service-driver
EFI image for this machine: yes: a guest under OVMF has a picture from this card as soon as it starts' \
	'is a table and a sentence'

exits 0 'no EFI image is a result too' "$VFIOADM" rom legacy.rom --json
is "$(jq -c '[.efi_boot, .problems, .images[0].efi]' <<<"$stdout")" '[false,[],null]' 'that says so'
exits 0 'the same for people' "$VFIOADM" rom legacy.rom
like "$stdout" '^EFI image for this machine: no: .*romfile' 'names the way out'

put both.rom $((1024 + 10)) '\x34\x12'
exits 0 'a machine without a name' "$VFIOADM" rom both.rom --json
is "$(json '.images[1].efi.machine, .efi_boot' | tr '\n' ' ')" '4660 false ' 'is a number, and does not boot'
put legacy.rom 48 '\x09'
exits 0 'a code type without a name' "$VFIOADM" rom legacy.rom --json
is "$(json '.images[0].code_type')" 9 'is a number'
put legacy.rom 48 '\x00'

{ head -c 1000 /dev/zero | tr '\0' N; cat legacy.rom; } >dump.rom
exits 0 'a dump with a header of its own' "$VFIOADM" rom dump.rom --json
is "$(json '.images[0].offset')" 1000 'is found'
like "$(json '.problems[]')" 'tail -c \+1001 DUMP >ROMFILE' 'and how to cut it off'
tail -c +1001 dump.rom >cut.rom
ok 'that command is right' cmp cut.rom legacy.rom
exits 0 'a ROM that is cut short' "$VFIOADM" rom <(head -c 800 legacy.rom)
like "$stdout" '^problem: image 1: it is cut short: it says 1024 bytes, and only 800 are left' 'is named'

# no_rom FILE PATTERN: exit code 1, with a reason, and a document that says the same
no_rom() {
	exits 1 "$1: exit code 1" "$VFIOADM" rom "$1" --json
	like "$stderr" "^vfioadm: $1: this is no PCI option ROM: $2" "$1: says what it is"
	is "$(jq -c '[.images, .efi_boot, (.problems | length)]' <<<"$stdout")" '[[],false,1]' \
		"$1: and the document agrees"
	run "$VFIOADM" rom "$1"
	is "$stdout" '' "$1: nothing on standard output for people"
}

: >empty
printf '\x55\xaa' >tiny
head -c 65536 /dev/zero | tr '\0' '\377' >asleep
head -c 65536 /dev/zero >zero
echo 'This is a letter, and it has more than twenty-six characters.' >letter
{ printf '\x55\xaa\x40'; head -c 32765 /dev/zero; } >isa
no_rom empty 'it is empty'
no_rom tiny 'it has only 2 bytes'
no_rom asleep 'every byte of it is ff.*asleep'
no_rom zero 'every byte of it is 00'
no_rom letter 'nowhere in it'
no_rom isa 'it begins with 55 AA'
head -c 65536 /dev/urandom >random
exits 1 'random bytes' "$VFIOADM" rom random

exits 1 'a file that is not there' "$VFIOADM" rom nowhere.rom
like "$stderr" '^vfioadm: nowhere.rom: cannot read it: No such file' 'is named'
exits 1 'a directory' "$VFIOADM" rom .
like "$stderr" '\.: cannot read it: Is a directory' 'is named'
exits 1 'a file without end' "$VFIOADM" rom /dev/zero
like "$stderr" '/dev/zero: it has more than 32 MiB' 'is not read for ever'
if [ "$(id -u)" -eq 0 ]; then
	cp "$VFIOADM" vfioadm && chmod 755 vfioadm "$tap_dir" && chmod 600 legacy.rom
	exits 1 'a file that one may not read' as_nobody ./vfioadm rom legacy.rom
	like "$stderr" 'legacy.rom: cannot read it: Permission denied' 'is named'
	chmod 644 legacy.rom
	exits 0 'a file needs no root' as_nobody ./vfioadm rom legacy.rom
else
	skip 'a file that one may not read' 'not root'
fi

# What is a DEVICE, and what a FILE.
usual_host
cp legacy.rom 01:00.0 && cp legacy.rom 1002:5159 && cp legacy.rom a:b
exits 2 'an address is a device even where a file has its name' "$VFIOADM" --root "$tree" rom 01:00.0
like "$stderr" '01:00.0: the ROM of a device can be read only on the host that runs' 'and not of a captured tree'
exits 2 'ids too' "$VFIOADM" --root "$tree" rom 1002:5159
exits 0 'with a slash it is the file' "$VFIOADM" rom ./01:00.0
exits 0 'a file whose name has a colon' "$VFIOADM" --root "$tree" rom a:b
exits 2 'a malformed address' "$VFIOADM" rom 01:00.9
like "$stderr" '01:00.9: not a PCI address' 'is called so'
exits 2 'nothing' "$VFIOADM" rom
exits 2 'two files' "$VFIOADM" rom legacy.rom both.rom
exits 1 'a device that is not there' "$VFIOADM" rom ffff:ff:1f.7
like "$stderr" 'no device at this address|cannot' 'is named'
exits 0 'help' "$VFIOADM" rom --help
like "$stdout" 'write \./01:00\.0 for a file' 'tells the two apart'

# Every document keeps to its schema; Debian's own Python has jsonschema.
for rom in legacy.rom both.rom cut.rom dump.rom empty isa; do
	if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
		"$VFIOADM" rom ./$rom --json >document 2>/dev/null
		ok "$rom: keeps to the schema" /usr/bin/python3 -W ignore -m jsonschema -i document \
			"$here/../../contrib/schema/rom.schema.json"
	else
		skip "$rom: keeps to the schema" 'no jsonschema for Python: contrib/install-packages check'
	fi
done

for rom in /usr/lib/ipxe/qemu/efi-{e1000,e1000e,ne2k_pci,virtio}.rom; do
	if [ -e "$rom" ]; then
		exits 0 "$rom" "$VFIOADM" rom "$rom" --json
		is "$(json .efi_boot)" true "$rom: has an EFI image"
	else
		skip "$rom" 'not here; install the package ipxe-qemu'
	fi
done
done_testing
