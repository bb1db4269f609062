#!/bin/bash
# Every example guest's command line is accepted by the real QEMU, which comes up and is told to quit.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

for tool in qemu-system-x86_64 qemu-img jq; do
	command -v $tool >/dev/null || skip_all "$tool is missing: contrib/install-packages check"
done
[ -e /usr/share/OVMF/OVMF_VARS_4M.fd ] || skip_all 'OVMF is missing: contrib/install-packages check'

# What a disk of /tmp may not have: io_uring can be forbidden, a file system in memory has no O_DIRECT.
direct=yes
dd if=/dev/zero of="$tap_dir/direct" bs=4096 count=1 oflag=direct 2>/dev/null || direct=no

# on_this_machine EXAMPLE: the guest file with what this machine has in place of what it names: no
# KVM, little memory of the usual kind, new images, sockets in the scratch directory, user network.
on_this_machine() {
	sed -E -e "s#^memory=.*#memory=256M\naccel=tcg#" -e '/^hugepages=/d; /^path=.dev.hugepages/d; /^locked=/d' \
		-e 's#^(bridge|tap)=.*#user=yes#; /^vhost=/d' -e 's#^type=stdio#type=pty#' \
		-e "s#^(unix|path)=/(run|dev/shm)/([^ ]*/)?#\1=$tap_dir/#" -e 's#^code=/.*#code=auto#' \
		-e "s#^(file|romfile|password-file)=[^ ]*/#\1=$tap_dir/#" \
		-e "s#^.looking-glass.#&\npath=$tap_dir/looking-glass#" \
		-e '/^(pin|emulator-pin|iothread-pin)=/d' -e 's#^aio=io_uring.*#aio=threads#' "$1"
}

# make_images GUEST-FILE: what its disks, CD-ROMs and passwords are on
make_images() {
	local path
	while read -r path; do
		case $path in
		*.qcow2) qemu-img create -q -f qcow2 "$path" 16M ;;
		*) head -c 65536 /dev/zero | tr '\0' x >"$path" ;;
		esac
	done < <(sed -nE 's/^(file|romfile|password-file)=([^ ]*).*/\2/p' "$1")
}

# What needs a partner or a device that this machine does not have is left out, or has a stand-in that
# takes the same place on the same bus: pci-testdev for vfio-pci, silence for sound. The monitor is on
# a descriptor of vfioadm's.
words() {
	jq -r --arg dir "$tap_dir" '
		.argv[1:] | . as $a | reduce range(0; length) as $i ([];
			if $i > 0 and ($a[$i - 1] | test("^-(device|object|chardev|tpmdev|audiodev|mon)$")) then .
			elif $a[$i] | test("^-(device|object|chardev|tpmdev|audiodev|mon)$") then
				($a[$i + 1]) as $v |
				if $v | test("^(vhost-user-fs-pci|tpm-|input-linux|emulator|socket,id=(tpm-socket|share-|qmp,)|chardev=qmp,)") then .
				elif $v | startswith("vfio-pci,") then
					. + [$a[$i], ($v | sub("^vfio-pci,host=[^,]*"; "pci-testdev") | sub(",x-vga=on"; "") | sub(",bootindex=[0-9]+"; ""))]
				elif $a[$i] == "-audiodev" and ($v | startswith("spice") | not) then . + [$a[$i], "none,id=audio"]
				else . + [$a[$i], $v] end
			else . + [$a[$i]] end)
		| .[] | sub("file=/var/lib/vfioadm/"; "file=\($dir)/")' <<<"$stdout"
}

# An emulated processor cannot do all that a real one can.
tcg_says='TCG doesn.t support\|doesn.t support hyperthreading\|enabling topoext feature'

for example in "$here"/contrib/examples/*.conf; do
	name=$(basename "$example" .conf)
	on_this_machine "$example" >"$tap_dir/$name.conf"
	make_images "$tap_dir/$name.conf"
	[ $direct = yes ] || sed -i '/^cache=none/d; /^aio=native/d' "$tap_dir/$name.conf"
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$tap_dir/${name}_VARS.fd"
	run "$VFIOADM" launch --dry-run --json "$tap_dir/$name.conf"
	mapfile -t arguments < <(words)
	is "$((${#arguments[@]} > 20))" 1 "$name: has a command line" || continue
	run timeout 60 qemu-system-x86_64 "${arguments[@]}" -S -qmp stdio < <(
		printf '%s\n' '{"execute":"qmp_capabilities"}' '{"execute":"query-status"}' '{"execute":"quit"}'
	)
	is "$status" 0 "$name: QEMU takes its command line" || diag "$stderr"
	like "$stdout" '"status": "prelaunch"' "$name: and waits before the first instruction"
	is "$(grep -v "$tcg_says" <<<"$stderr")" '' "$name: without a warning"
done
done_testing
