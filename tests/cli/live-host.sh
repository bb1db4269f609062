# shellcheck shell=bash disable=SC2154 # $tap_dir is tests/tap.sh's, $tree tests/cli/host-tree.sh's
# A made-up host that a test may write to as root: a chroot in a name space of its own, with this machine's
# programs and libraries, made-up devices, and stand-ins for what makes the initramfs and GRUB's menu, which
# add a line to /tmp/ran. Source it behind tests/cli/host-tree.sh, make a tree, then:
#
#   live_host             what else it takes; without the right to make name spaces the test is skipped
#   on_host COMMAND...    runs the command there
#   ran                   what the stand-ins were run with, since the last time

live_host() {
	local directory file
	mkdir -p "$tree"/{usr/lib,usr/lib64,usr/bin,usr/sbin,usr/share,dev,tmp,made,var/lib} \
		"$tree"/etc/vfioadm/{claims.d,guests}
	for directory in lib lib64 bin sbin; do ln -s usr/$directory "$tree/$directory"; done
	cp "$VFIOADM" "$tree/usr/sbin/vfioadm"
	for file in cmdline cpuinfo; do
		[ ! -e "$tree/proc/$file" ] || mv "$tree/proc/$file" "$tree/made"
		[ -e "$tree/made/$file" ] || : >"$tree/made/$file"
	done
	echo 11-22 >"$tree/made/boot_id"
	# shellcheck disable=SC2016 # for the stand-ins
	{
		printf '#!/bin/sh\necho "${0##*/}" "$@" >>/tmp/ran\n' >"$tree/usr/sbin/update-initramfs"
		printf '#!/bin/sh\necho "${0##*/}" "$@" >>/tmp/ran\n[ ! -e /tmp/behave ] || . /tmp/behave\n' \
			>"$tree/usr/sbin/update-grub"
	}
	chmod +x "$tree"/usr/sbin/*
	as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(--map-root-user)
	if ! on_host vfioadm --version >/dev/null; then
		[ -z "${CI-}" ] || { not_ok 'a name space of its own' true; exit 1; }
		echo "$0: SKIPPED: no name space with a root of its own can be made here; root can" >&2
		skip_all 'no name space with a root of its own can be made here'
	fi
}

on_host() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount "${as_root[@]}" sh -euc 'tree=$1; shift
		for directory in usr/lib usr/lib64 usr/bin usr/share dev proc; do
			[ ! -d "/$directory" ] || mount --rbind "/$directory" "$tree/$directory"
		done
		mount --bind "$tree/made/cmdline" "$tree/proc/cmdline"
		mount --bind "$tree/made/cpuinfo" "$tree/proc/cpuinfo"
		mount --bind "$tree/made/boot_id" "$tree/proc/sys/kernel/random/boot_id"
		exec env PATH=/usr/sbin:/usr/bin chroot "$tree" "$@"' sh "$tree" "$@" </dev/null
}

ran() { tr '\n' ';' <"$tree/tmp/ran"; rm -f "$tree/tmp/ran"; }
