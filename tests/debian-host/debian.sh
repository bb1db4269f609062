# shellcheck shell=bash disable=SC2154 # $tap_dir is tests/tap.sh's
# A whole Debian, on a disk and booted by its own initramfs, for tests that are about booting.
# Source it after tests/tap.sh. $work is a directory for the test's own files, removed at the end.
#
#   debian_root GENERATOR            a root file system in $root, with vfioadm installed by `make install`
#   debian_chroot COMMAND...         runs in it
#   debian_initramfs                 makes the initramfs anew there; its output is in $stdout and $stderr
#   debian_claim NAME ADDRESS IDS [DIRECTORY]  a claim there, in /etc/vfioadm if not said otherwise
#   debian_marks                     marks in the kernel log the time that the claim takes in initramfs-tools
#   debian_disk                      makes the disk $disk of $root, and $initrd of its initramfs
#   debian_initrd                    $initrd becomes the initramfs that is on $disk
#   debian_image_files               the names of the files in $initrd
#   debian_image_file FILE           one of them
#   debian_image_runs                vfioadm runs in it, with no more than is there
#   debian_boot WHAT SCRIPT WORD...  boots $disk with $initrd, and the kernel command line's WORDs;
#                                    tests/debian-host/inside/SCRIPT runs there, and its TAP comes out
#   debian_change                    the next boot's changes stay on $disk; those of the others are lost

repo=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
debian=$repo/tests/debian-host
emulated=$repo/tests/emulated-host
work=$tap_dir
root=$work/root disk=$work/disk initrd=$work/initrd
snapshot=on
boots=0

debian_cannot() {
	if [ -n "${CI-}" ]; then
		not_ok "$1" true
		exit 1
	fi
	echo "$0: SKIPPED: $1" >&2
	skip_all "$1"
}

# Missing tools, and no network to make the image, are a skip for a person and a failure in CI.
debian_need() {
	local tool
	PATH=$PATH:/usr/sbin:/sbin
	[ "$(id -u)" -eq 0 ] || debian_cannot 'it takes root to make a Debian and to change into it'
	for tool in qemu-system-x86_64 mmdebstrap mke2fs debugfs cpio zstd; do
		command -v $tool >/dev/null || debian_cannot "no $tool here; run   contrib/install-packages check"
	done
}

debian_root() {
	debian_need
	local tree
	tree=$("$debian/image" "$1") || debian_cannot 'no Debian to boot (the reason is above)'
	kernel=$("$emulated/kernel") || debian_cannot 'no kernel to boot (the reason is above)'
	release=$(cat "$kernel/release")
	cp -a --reflink=auto "$tree" "$root"
	mkdir -p "$root/root/checkout"
	cp -a "$repo/tests" "$root/root/checkout/"
	cp "$debian/inside/vfioadm-test.service" "$root/etc/systemd/system/"
	ln -s ../vfioadm-test.service "$root/etc/systemd/system/multi-user.target.wants/"
	if [ -n "${VFIOADM_STAGE-}" ]; then
		cp -a "$VFIOADM_STAGE/." "$root/"
	else
		make -s -C "$repo" install DESTDIR="$root" >&2
	fi
}

debian_claim() {
	printf '[claim]\naddress=%s\nids=%s\nfunctions=slot\ndriver=vfio-pci\n' "$2" "$3" \
		>"$root${4-/etc/vfioadm}/claims.d/$1.conf"
}

debian_marks() {
	local name what
	while read -r name what; do
		# shellcheck disable=SC2016 # for that script
		printf '#!/bin/sh\n[ "$1" = prereqs ] && exit\necho "vfioadm-test: %s the claim" >/dev/kmsg\n' "$what" \
			>"$root/etc/initramfs-tools/scripts/init-top/$name"
		chmod +x "$root/etc/initramfs-tools/scripts/init-top/$name"
	done <<-END
		10gpu-test before
		10gpu-wtest after
	END
}

# In a mount name space of its own: nothing is left mounted, whatever happens.
debian_chroot() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -euc '
		root=$1
		shift
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		exec chroot "$root" "$@"' sh "$root" "$@"
}

debian_initramfs() {
	if [ -x "$root/usr/bin/dracut" ]; then
		run debian_chroot dracut --force "/boot/initrd.img-$release" "$release"
	else
		run debian_chroot update-initramfs -u -k "$release"
	fi
}

debian_disk() {
	rm -f "$disk"
	cp "$root/boot/initrd.img-$release" "$initrd"
	mke2fs -q -t ext4 -O ^has_journal -L root -d "$root" "$disk" 2G >/dev/null
}

debian_initrd() { debugfs -R "dump /boot/initrd.img-$release $initrd" "$disk" 2>/dev/null; }

# No microcode comes before the image proper: the packages with it are not installed.
debian_image_files() { zstd -dcq "$initrd" | cpio --quiet -t; }
debian_image_file() { zstd -dcq "$initrd" | cpio --quiet -i --to-stdout "$1"; }

debian_image_runs() {
	mkdir -p "$work/image"
	zstd -dcq "$initrd" | (cd "$work/image" && cpio --quiet -idu)
	ok 'and the program' chroot "$work/image" /usr/sbin/vfioadm --version
	ok 'with every library that it opens' chroot "$work/image" /usr/sbin/vfioadm --help=libraries
}

debian_change() { snapshot=off; }

# Results of the script inside become results of this one.
debian_results() {
	local line count=0 planned=none
	while IFS= read -r line; do
		case $line in
		'ok '*) count=$((count + 1)); line=${line#ok * }; tap_pass "$what: ${line#- }" ;;
		'not ok '*) count=$((count + 1)); line=${line#not ok * }; tap_fail "$what: ${line#- }" ;;
		1..*) planned=${line#1..} ;;
		*) printf '%s\n' "$line" ;;
		esac
	done < <(sed '/^debian-host: end of output/d' "$1")
	is "$count" "$planned" "$what: it ran to its end"
}

debian_boot() {
	local what=$1 script=$2 args status=0
	shift 2
	boots=$((boots + 1))
	local console=$work/console.$boots output=$work/output.$boots begin=$SECONDS
	mapfile -t args < <("$emulated/qemu-args" two-radeons)
	timeout --foreground -k 5 "$((${limit:-300} * ${TIME_FACTOR:-1}))" qemu-system-x86_64 "${args[@]}" \
		-kernel "$kernel/image" -initrd "$initrd" \
		-append "$("$emulated/qemu-args" --cmdline two-radeons) root=/dev/vda rw systemd.show_status=no inside=$script $*" \
		-drive "file=$disk,format=raw,if=none,id=root,cache=unsafe,snapshot=$snapshot" \
		-device virtio-blk-pci,drive=root,addr=0x1d \
		-serial "file:$console" -serial "file:$output" </dev/null 2>"$work/qemu.log" || status=$?
	snapshot=on
	diag "$what: booted and powered off in $((SECONDS - begin)) s"
	if ! grep -qa '^debian-host: end of output' "$output"; then
		tap_fail "$what: the host boots"
		diag "QEMU's status is $status; the end of the console:"
		diag "$(cat "$work/qemu.log"; tail -n 40 "$console" | tr -d '\r')"
		return
	fi
	tap_pass "$what: the host boots"
	debian_results "$output"
}
