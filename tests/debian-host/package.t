#!/bin/bash
# The Debian package: it builds, lintian has nothing to say, it comes and goes in a clean Debian without
# a trace, and its own tests pass where there is a GPU: in the emulated host, which has no other vfioadm.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/debian-host/debian.sh
. tests/debian-host/debian.sh

debian_need
for tool in dpkg-buildpackage dh lintian autopkgtest; do
	command -v $tool >/dev/null || debian_cannot "no $tool here; run   contrib/install-packages check"
done

# Unit tests run by themselves; once is enough.
exits 0 'the package builds, and lintian finds no fault' \
	env DEB_BUILD_OPTIONS=nocheck make --no-print-directory BUILD="$work/build" deb
deb=$(echo "$work"/build/deb/vfioadm_*_*.deb)
source=$(echo "$work"/build/deb/vfioadm_*.dsc)

# The tree that the tests boot has our libraries, and no vfioadm.
tree=$("$debian/image" initramfs-tools) || debian_cannot 'no Debian (the reason is above)'
cp -a --reflink=auto "$tree" "$root"
cp "$deb" "$root/root/vfioadm.deb"

# Caches and logs are dpkg's own business.
files() { (cd "$root" && find . -xdev -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path ./var/cache -prune \
	-o -path ./boot -prune -o ! -type d -print) | sort; }

files >"$work/before"
exits 0 'it installs where nothing but its dependencies is' \
	debian_chroot dpkg --install --force-confnew /root/vfioadm.deb
like "$stdout$stderr" 'update-initramfs: Generating' 'and the initramfs is made anew'
exits 0 'and runs there' debian_chroot vfioadm --version
like "$(cat "$root/etc/passwd")" 'vfioadm-qemu' "QEMU's user is there"
is "$(find "$root/etc/systemd" -name '*vfioadm*')" '' 'no unit is enabled'
cp "$root/boot/initrd.img-"* "$work/initrd" 2>/dev/null
like "$(zstd -dcq "$work/initrd" | cpio --quiet -t)" 'usr/sbin/vfioadm' 'the program is in the initramfs'
exits 0 'it is purged' debian_chroot dpkg --purge vfioadm
files | grep -v -e '/passwd-$' -e '/group-$' -e '/shadow-$' -e '/gshadow-$' >"$work/after"
grep -v -e '/passwd-$' -e '/group-$' -e '/shadow-$' -e '/gshadow-$' "$work/before" >"$work/expected"
is "$(diff "$work/expected" "$work/after")" '' 'and leaves nothing'

# Its own tests, in the way that Debian runs them.
mkdir "$work/nothing"
ln -s "$deb" "$work/vfioadm.deb"
ln -s "$source" "$work/vfioadm.dsc"
sed "s,@DIRECTORY@,$work/build/deb,g" "$debian/autopkgtest.in" >"$work/autopkgtest"
chmod +x "$work/autopkgtest"
run env VFIOADM_STAGE="$work/nothing" "$emulated/run" "$work/autopkgtest"
printf '%s\n' "$stdout" >"$work/output"
[ "$status" -eq 0 ] || diag "$stderr"
what=autopkgtest
debian_results "$work/output"
done_testing
