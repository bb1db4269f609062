/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-keys.h"

#define KEYS(section) .keys = &guest_##section##_keys
#define ONE(section)                                                                               \
	KEYS(section), .offset = offsetof(struct guest, section),                                  \
		       .size = sizeof(struct guest_##section)
#define MANY(section)                                                                              \
	KEYS(section), .offset = offsetof(struct guest, section##s),                               \
		       .size = sizeof(struct guest_##section), .named = true,                      \
		       .count_offset = offsetof(struct guest, section##_count)

static const struct config_section sections[] = {
	{ "guest", "the machine as a whole", ONE(board) },
	{ "memory", "how its main memory is made", ONE(memory) },
	{ "cpu", "its processors", ONE(cpu) },
	{ "firmware", "its UEFI firmware", ONE(firmware) },
	{ "tpm", "a TPM 2.0, which swtpm emulates, from a process of its own", ONE(tpm) },
	{ "disk", "a disk", MANY(disk) },
	{ "cdrom", "a CD-ROM drive with an image in it", MANY(cdrom) },
	{ "hostdev", "a PCI device of this host", MANY(hostdev) },
	{ "net", "a network card", MANY(net) },
	{ "share", "a directory of this host, by virtiofsd", MANY(share) },
	{ "usb", "a USB device, of this host or emulated", MANY(usb) },
	{ "input", "a keyboard or mouse of this host, by evdev", MANY(input) },
	{ "audio", "an emulated sound card", ONE(audio) },
	{ "looking-glass", "memory that the guest's screen is copied to", ONE(looking_glass) },
	{ "spice", "a SPICE server for the emulated display", ONE(spice) },
	{ "vnc", "a VNC server for the emulated display", ONE(vnc) },
	{ "monitor", "QEMU's monitor for people", ONE(monitor) },
	{ "qmp", "a socket for programs that speak QMP", MANY(qmp) },
	{ "serial", "a serial port", MANY(serial) },
	{ "extra", "one more argument for QEMU, passed on as it is", MANY(extra) },
};
const struct config_format guest_format = { sections, ARRAY_SIZE(sections) };
