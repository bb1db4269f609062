#!/bin/bash
# A Debian whose initramfs is made by initramfs-tools: what setup has written wins after a real reboot and is
# taken back, and what goes wrong does not stop the boot. The GPU driver is in the image and named twice, in the image's own
# list of modules and in /etc/modules.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/debian-host/debian.sh
. tests/debian-host/debian.sh

debian_root initramfs-tools
echo radeon >>"$root/etc/modules"
without_hook=$work/without-hook
cp "$root/boot/initrd.img-$release" "$without_hook"
debian_marks
debian_claim early 0000:01:00.0 1002:5159

# What a user would see who adds a claim and does not make the initramfs anew; then setup.
debian_disk
debian_change
debian_boot 'without the hook' lost

# The reboot: the same disk, and the initramfs that the first boot has made on it.
debian_initrd
not_ok 'the initramfs was made anew' cmp -s "$initrd" "$without_hook"
debian_boot 'after the reboot' set-up
debian_boot 'vfioadm.claim=off' off vfioadm.claim=off

# An image without the vfio modules, and claims of every bad kind beside a good one that came with the
# system.
mv "$root/etc/vfioadm/claims.d/early.conf" "$root/usr/lib/vfioadm/claims.d/"
debian_claim gone 0000:0b:00.0 1002:5159
debian_claim differs 0000:02:00.0 10de:1234
debian_claim moved 0000:02:00.1 1002:5159
debian_claim screen 0000:00:02.0 1234:1111
cat >"$root/etc/initramfs-tools/hooks/zz-no-vfio" <<'END'
#!/bin/sh
[ "$1" = prereqs ] && { echo; exit 0; }
rm -rf "$DESTDIR"/usr/lib/modules/*/kernel/drivers/vfio "$DESTDIR"/lib/modules/*/kernel/drivers/vfio
END
chmod +x "$root/etc/initramfs-tools/hooks/zz-no-vfio"
debian_initramfs
is "$status" 0 'update-initramfs'
unlike "$stdout$stderr" 'vfioadm|warning|W:' 'has nothing to say of the hook'
debian_disk
like "$(debian_image_files)" 'scripts/init-top/10gpu-vfioadm' 'the script is in the image'
like "$(debian_image_file scripts/init-top/ORDER | tr '\n' ' ')" '10gpu-vfioadm.*init-top/udev' 'and comes before udev'
like "$(debian_image_files)" 'usr/lib/vfioadm/claims.d/early.conf' 'the claim is in the image'
debian_image_runs
unlike "$(debian_image_files)" '/vfio.*\.ko' 'this one is without the vfio modules'
debian_boot 'no vfio modules' bad-claims no-modules
done_testing
