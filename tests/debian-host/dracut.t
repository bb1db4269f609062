#!/bin/bash
# A Debian whose initramfs is made by dracut, with systemd in it and without; and one whose initramfs
# cannot be touched, where systemd makes the claims before the display manager starts.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/debian-host/debian.sh
. tests/debian-host/debian.sh

debian_root dracut
ok 'systemd finds nothing to complain of in the units' debian_chroot systemd-analyze verify --man=no \
	/usr/lib/systemd/system/vfioadm-early.service /usr/lib/systemd/system/vfioadm-claims.service
is "$stderr" '' 'nothing at all'

# The claims are ones that came with the system: all that is in /etc is nothing.
debian_claim guest 0000:01:00.0 1002:5159 /usr/lib/vfioadm
is "$(ls "$root/etc/vfioadm/claims.d")" '' 'no claim is in /etc'
cat >"$root/etc/systemd/system/display-manager.service" <<'END'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'readlink /sys/bus/pci/devices/0000:01:00.*/driver /sys/bus/pci/devices/0000:02:00.0/driver >/run/display-manager'
END
mkdir -p "$root/etc/systemd/system/graphical.target.wants"
ln -s ../display-manager.service "$root/etc/systemd/system/graphical.target.wants/"
debian_chroot systemctl --quiet enable vfioadm-claims.service
debian_disk
debian_boot 'the unit alone' unit

# The second card, so that the kernel finds the one that radeon is to have first.
debian_claim guest 0000:02:00.0 1002:5159 /usr/lib/vfioadm
debian_initramfs
is "$status" 0 'dracut'
debian_disk
files=$(debian_image_files)
like "$files" 'sysinit.target.wants/vfioadm-early.service' 'the unit is in the image'
like "$files" 'usr/lib/vfioadm/claims.d/guest.conf' 'and the claim'
debian_image_runs
debian_boot 'with systemd in the initramfs, the second card' won second

debian_chroot systemctl --quiet disable vfioadm-claims.service vfioadm-early.service
debian_claim guest 0000:01:00.0 1002:5159 /usr/lib/vfioadm
debian_claim gone 0000:0b:00.0 1002:5159
debian_claim differs 0000:02:00.0 10de:1234
debian_claim moved 0000:02:00.1 1002:5159
debian_claim screen 0000:00:02.0 1234:1111
echo 'omit_dracutmodules+=" systemd systemd-initrd dracut-systemd "' >"$root/etc/dracut.conf.d/no-systemd.conf"
debian_initramfs
is "$status" 0 'dracut without systemd'
debian_disk
like "$(debian_image_files)" 'hooks/cmdline/00-claim.sh' 'the hook is in the image'
debian_boot 'without systemd in the initramfs' bad-claims
done_testing
