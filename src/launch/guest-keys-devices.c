/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-keys.h"

#define BOOT_HELP "its turn when the firmware looks for something to boot, 1 the first"

static const struct config_key disk_keys[] = {
	{ "file", VALUE_PATH, GUEST_OF(disk, file), NULL, NULL, true, "an image or a block device" },
	{ "format", VALUE_CHOICE, GUEST_OF(disk, format), "raw|qcow2", "raw", false,
	  "the image's format; never guessed, for a guest could forge it" },
	{ "interface", VALUE_CHOICE, GUEST_OF(disk, interface), "ide|virtio|sata|scsi|nvme", "ide", false,
	  "the controller; ide on q35 is the board's own SATA, scsi is virtio's" },
	{ "readonly", VALUE_BOOL, GUEST_OF(disk, readonly), NULL, "no", false,
	  "refuse the guest's writes" },
	{ "cache", VALUE_CHOICE, GUEST_OF(disk, cache),
	  "default|none|writeback|writethrough|directsync|unsafe", "default", false,
	  "how this host caches it; none for what native aio needs" },
	{ "aio", VALUE_CHOICE, GUEST_OF(disk, aio), "default|threads|native|io_uring", "default", false,
	  "how QEMU waits for it; native wants cache=none or directsync" },
	{ "discard", VALUE_BOOL, GUEST_OF(disk, discard), NULL, "no", false,
	  "yes: space that the guest frees is given back to this host" },
	{ "serial", VALUE_SERIAL, GUEST_OF(disk, serial), NULL, NULL, false,
	  "its serial number, as the guest sees it" },
	{ "boot", VALUE_COUNT, GUEST_OF(disk, boot), NULL, NULL, false, BOOT_HELP },
	{ "iothread", VALUE_BOOL, GUEST_OF(disk, iothread), NULL, "no", false,
	  "yes: a thread of its own; for virtio, and one for all of scsi" },
};
GUEST_KEYS(disk);

static const struct config_key cdrom_keys[] = {
	{ "file", VALUE_PATH, GUEST_OF(cdrom, file), NULL, NULL, true, "an ISO 9660 image" },
	{ "boot", VALUE_COUNT, GUEST_OF(cdrom, boot), NULL, NULL, false, BOOT_HELP },
};
GUEST_KEYS(cdrom);

static const struct config_key hostdev_keys[] = {
	{ "address", VALUE_PCI_ADDR, GUEST_OF(hostdev, address), NULL, NULL, false,
	  "the device of this host that the guest is given" },
	{ "ids", VALUE_IDS, GUEST_OF(hostdev, ids), NULL, NULL, false,
	  "its ids in place of the address, if no other has the same" },
	{ "romfile", VALUE_PATH, GUEST_OF(hostdev, romfile), NULL, NULL, false,
	  "the option ROM to show to the guest in place of the card's own" },
	{ "rombar", VALUE_CHOICE, GUEST_OF(hostdev, rombar), "auto|yes|no", "auto", false,
	  "whether the guest sees an option ROM at all" },
	{ "x-vga", VALUE_BOOL, GUEST_OF(hostdev, x_vga), NULL, "no", false,
	  "legacy VGA, for a BIOS in the guest; UEFI firmware does without" },
	{ "multifunction", VALUE_BOOL, GUEST_OF(hostdev, multifunction), NULL, "yes", false,
	  "on q35, stay one card with the other functions of its slot" },
	{ "boot", VALUE_COUNT, GUEST_OF(hostdev, boot), NULL, NULL, false, BOOT_HELP },
};
GUEST_KEYS(hostdev);

static const struct config_key net_keys[] = {
	{ "bridge", VALUE_BRIDGE, GUEST_OF(net, bridge), NULL, NULL, false,
	  "the bridge of this host to join, which /etc/qemu/bridge.conf must not deny" },
	{ "user", VALUE_BOOL, GUEST_OF(net, user), NULL, "no", false,
	  "yes: a private network behind QEMU, which needs no bridge" },
	{ "model", VALUE_CHOICE, GUEST_OF(net, model), "e1000|virtio|e1000e", "e1000", false,
	  "the network card" },
	{ "mac", VALUE_MAC, GUEST_OF(net, mac), NULL, NULL, false,
	  "its address; QEMU's default is the same in every guest" },
	{ "boot", VALUE_COUNT, GUEST_OF(net, boot), NULL, NULL, false, BOOT_HELP },
	{ "tap", VALUE_BRIDGE, GUEST_OF(net, tap), NULL, NULL, false,
	  "a tap interface of this host that is there already" },
	{ "vhost", VALUE_CHOICE, GUEST_OF(net, vhost), "auto|yes|no", "auto", false,
	  "whether the kernel moves the packets of a bridge= or tap= with model=virtio; auto: if it "
	  "has vhost_net" },
	{ "forward", VALUE_FORWARDS, GUEST_OF(net, forward), NULL, NULL, false,
	  "with user=yes, ports of this host that lead into the guest: tcp:2222:22 udp:..." },
	{ "allow-remote", VALUE_BOOL, GUEST_OF(net, allow_remote), NULL, "no", false,
	  "consent to forward ports from more than this host" },
};
GUEST_KEYS(net);

static const struct config_key share_keys[] = {
	{ "path", VALUE_PATH, GUEST_OF(share, path), NULL, NULL, true,
	  "the directory, in which the guest's root can do what this host's root could, but make "
	  "device nodes" },
	{ "tag", VALUE_NAME, GUEST_OF(share, tag), NULL, NULL, false,
	  "what the guest mounts it by (mount -t virtiofs TAG /mnt); else the section's name" },
};
GUEST_KEYS(share);

static const struct config_key usb_keys[] = {
	{ "type", VALUE_CHOICE, GUEST_OF(usb, type), "host|tablet|keyboard|mouse", "host", false,
	  "host is a device of this host; tablet is a pointer that a screen's client can place" },
	{ "ids", VALUE_IDS, GUEST_OF(usb, ids), NULL, NULL, false,
	  "its vendor and product, as in lsusb, if no other has the same; to come and go, it needs an udev "
	  "rule that gives it to QEMU's user" },
	{ "port", VALUE_USB_PORT, GUEST_OF(usb, port), NULL, NULL, false,
	  "in place of ids: whatever is plugged in there" },
};
GUEST_KEYS(usb);

static const struct config_key input_keys[] = {
	{ "evdev", VALUE_PATH, GUEST_OF(input, evdev), NULL, NULL, true,
	  "its node, best of /dev/input/by-id; both Ctrl keys switch between host and guest" },
	{ "grab-all", VALUE_BOOL, GUEST_OF(input, grab_all), NULL, "no", false,
	  "on a keyboard: the other inputs switch along with it" },
	{ "repeat", VALUE_BOOL, GUEST_OF(input, repeat), NULL, "no", false,
	  "on a keyboard: pass on the repetition of keys held down" },
};
GUEST_KEYS(input);

static const struct config_key audio_keys[] = {
	{ "driver", VALUE_CHOICE, GUEST_OF(audio, driver), "none|spice|pa|pipewire|alsa|jack", "none",
	  false, "where it is heard; none is a card without a sound" },
	{ "card", VALUE_CHOICE, GUEST_OF(audio, card), "hda|ac97|usb", "hda", false,
	  "what the guest sees" },
	{ "server", VALUE_PATH, GUEST_OF(audio, server), NULL, NULL, false,
	  "for driver=pa: the sound server's socket, such as /run/user/1000/pulse/native" },
};
GUEST_KEYS(audio);

static const struct config_key looking_glass_keys[] = {
	{ "type", VALUE_CHOICE, GUEST_OF(looking_glass, type), "ivshmem|kvmfr", "ivshmem", false,
	  "a file in memory, or the device of Looking Glass's kernel module" },
	{ "size", VALUE_MEMORY, GUEST_OF(looking_glass, size), NULL, "64M", false,
	  "a power of two; 32M does for 1920x1080, 128M for 3840x2160" },
	{ "path", VALUE_PATH, GUEST_OF(looking_glass, path), NULL, NULL, false,
	  "else /dev/shm/looking-glass or /dev/kvmfr0" },
};
GUEST_KEYS(looking_glass);
