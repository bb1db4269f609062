/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-keys.h"

#define OF(section, field) offsetof(struct guest_##section, field)

static const struct config_key board_keys[] = {
	{ "memory", VALUE_MEMORY, OF(board, memory), NULL, NULL, true,
	  "main memory; all of it is locked while a device is passed through" },
	{ "machine", VALUE_CHOICE, OF(board, machine), "pc|q35", "pc", false,
	  "the board: pc (i440FX, PCI) or q35 (PCI Express)" },
	{ "rtc", VALUE_CHOICE, OF(board, rtc), "utc|localtime", "utc", false,
	  "what the clock shows; Windows wants localtime" },
	{ "accel", VALUE_CHOICE, OF(board, accel), "kvm|tcg|auto", "kvm", false,
	  "tcg emulates the processor, slowly; auto is kvm where /dev/kvm can be opened" },
	{ "kernel-irqchip", VALUE_CHOICE, OF(board, kernel_irqchip), "default|on|split|off",
	  "default", false, "where kvm emulates the interrupt controllers" },
	{ "vga", VALUE_CHOICE, OF(board, vga), "auto|none|std|virtio|qxl", "auto", false,
	  "the emulated display beside the real card; auto is std with [spice], else none" },
	{ "qemu", VALUE_PROGRAM, OF(board, qemu), NULL, "qemu-system-x86_64", false,
	  "the QEMU program" },
};

static const struct config_key cpu_keys[] = {
	{ "model", VALUE_NAME, OF(cpu, model), NULL, "host", false,
	  "QEMU's name of the processor; host under tcg becomes max" },
	{ "sockets", VALUE_COUNT, OF(cpu, sockets), NULL, "1", false, "processor packages" },
	{ "cores", VALUE_COUNT, OF(cpu, cores), NULL, "1", false, "cores of a package" },
	{ "threads", VALUE_COUNT, OF(cpu, threads), NULL, "1", false, "threads of a core" },
	{ "hide-hypervisor", VALUE_BOOL, OF(cpu, hide_hypervisor), NULL, "no", false,
	  "yes for NVIDIA drivers before 465, which refuse to run where they see KVM" },
};

static const struct config_key firmware_keys[] = {
	{ "code", VALUE_PATH, OF(firmware, code), "auto", NULL, true,
	  "the UEFI image; auto takes the first fitting one of QEMU's firmware descriptors" },
	{ "vars", VALUE_PATH, OF(firmware, vars), "none|auto", "none", false,
	  "where UEFI settings are kept; auto is a private copy of the image's template" },
};

static const struct config_key disk_keys[] = {
	{ "file", VALUE_PATH, OF(disk, file), NULL, NULL, true, "an image or a block device" },
	{ "format", VALUE_CHOICE, OF(disk, format), "raw|qcow2", "raw", false,
	  "the image's format; never guessed, for a guest could forge it" },
	{ "interface", VALUE_CHOICE, OF(disk, interface), "ide|virtio|sata", "ide", false,
	  "the controller; ide on q35 is the board's own SATA" },
	{ "readonly", VALUE_BOOL, OF(disk, readonly), NULL, "no", false,
	  "refuse the guest's writes" },
};

static const struct config_key cdrom_keys[] = {
	{ "file", VALUE_PATH, OF(cdrom, file), NULL, NULL, true, "an ISO 9660 image" },
};

static const struct config_key hostdev_keys[] = {
	{ "address", VALUE_PCI_ADDR, OF(hostdev, address), NULL, NULL, true,
	  "the device of this host that the guest is given" },
	{ "romfile", VALUE_PATH, OF(hostdev, romfile), NULL, NULL, false,
	  "the option ROM to show to the guest in place of the card's own" },
	{ "rombar", VALUE_CHOICE, OF(hostdev, rombar), "auto|yes|no", "auto", false,
	  "whether the guest sees an option ROM at all" },
};

static const struct config_key net_keys[] = {
	{ "bridge", VALUE_BRIDGE, OF(net, bridge), NULL, NULL, false,
	  "the bridge of this host to join" },
	{ "user", VALUE_BOOL, OF(net, user), NULL, "no", false,
	  "yes: a private network behind QEMU, which needs no bridge" },
	{ "model", VALUE_CHOICE, OF(net, model), "e1000|virtio|e1000e", "e1000", false,
	  "the network card" },
	{ "mac", VALUE_MAC, OF(net, mac), NULL, NULL, false,
	  "its address; QEMU's default is the same in every guest" },
};

static const struct config_key spice_keys[] = {
	{ "listen", VALUE_HOST, OF(spice, listen), NULL, "127.0.0.1", false,
	  "the address to listen on" },
	{ "port", VALUE_PORT, OF(spice, port), NULL, "5900", false, "the TCP port" },
	{ "ticketing", VALUE_BOOL, OF(spice, ticketing), NULL, "on", false,
	  "whether a password is asked" },
	{ "password-file", VALUE_PATH, OF(spice, password_file), NULL, NULL, false,
	  "the file with the password, which ticketing needs" },
	{ "allow-remote", VALUE_BOOL, OF(spice, allow_remote), NULL, "no", false,
	  "consent to listen on more than this host" },
};

static const struct config_key monitor_keys[] = {
	{ "telnet", VALUE_ENDPOINT, OF(monitor, telnet), NULL, NULL, false,
	  "the address and TCP port to listen on; no password is asked" },
	{ "unix", VALUE_PATH, OF(monitor, unix_path), NULL, NULL, false,
	  "a socket's path in place of telnet" },
	{ "allow-remote", VALUE_BOOL, OF(monitor, allow_remote), NULL, "no", false,
	  "consent to listen on more than this host" },
};

static const struct config_key serial_keys[] = {
	{ "type", VALUE_CHOICE, OF(serial, type), "stdio|pty|unix|file", "pty", false,
	  "where the serial port leads" },
	{ "path", VALUE_PATH, OF(serial, path), NULL, NULL, false,
	  "the socket or the file, for these types" },
};

#define KEYS(section) .keys = section##_keys, .key_count = ARRAY_SIZE(section##_keys)
#define ONE(section)                                                                               \
	KEYS(section), .offset = offsetof(struct guest, section),                                  \
		       .size = sizeof(struct guest_##section)
#define MANY(section)                                                                              \
	KEYS(section), .offset = offsetof(struct guest, section##s),                               \
		       .size = sizeof(struct guest_##section), .named = true,                      \
		       .count_offset = offsetof(struct guest, section##_count)

static const struct config_section sections[] = {
	{ "guest", "the machine as a whole", ONE(board) },
	{ "cpu", "its processors", ONE(cpu) },
	{ "firmware", "its UEFI firmware", ONE(firmware) },
	{ "disk", "a disk", MANY(disk) },
	{ "cdrom", "a CD-ROM drive with an image in it", MANY(cdrom) },
	{ "hostdev", "a PCI device of this host", MANY(hostdev) },
	{ "net", "a network card", MANY(net) },
	{ "spice", "a SPICE server for the emulated display", ONE(spice) },
	{ "monitor", "QEMU's monitor for people", ONE(monitor) },
	{ "serial", "a serial port", MANY(serial) },
};
const struct config_format guest_format = { sections, ARRAY_SIZE(sections) };
