/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/config-file.h"
#include "host/pci-addr.h"

/*
 * A guest as its file describes it. The keys, their defaults and their help are in guest-keys.c;
 * the enums below follow the order of the choices there.
 */
enum guest_machine { GUEST_MACHINE_PC, GUEST_MACHINE_Q35 };
enum guest_rtc { GUEST_RTC_UTC, GUEST_RTC_LOCALTIME };
enum guest_accel { GUEST_ACCEL_KVM, GUEST_ACCEL_TCG, GUEST_ACCEL_AUTO };
enum guest_irqchip {
	GUEST_IRQCHIP_DEFAULT, /* QEMU's own choice */
	GUEST_IRQCHIP_ON,
	GUEST_IRQCHIP_SPLIT,
	GUEST_IRQCHIP_OFF,
};
enum guest_vga {
	GUEST_VGA_AUTO, /* never left so by guest_load() */
	GUEST_VGA_NONE,
	GUEST_VGA_STD,
	GUEST_VGA_VIRTIO,
	GUEST_VGA_QXL,
};
enum guest_format { GUEST_FORMAT_RAW, GUEST_FORMAT_QCOW2 };
enum guest_interface { GUEST_INTERFACE_IDE, GUEST_INTERFACE_VIRTIO, GUEST_INTERFACE_SATA };
enum guest_rombar { GUEST_ROMBAR_AUTO, GUEST_ROMBAR_YES, GUEST_ROMBAR_NO };
enum guest_nic { GUEST_NIC_E1000, GUEST_NIC_VIRTIO, GUEST_NIC_E1000E };
enum guest_serial_type {
	GUEST_SERIAL_STDIO,
	GUEST_SERIAL_PTY,
	GUEST_SERIAL_UNIX,
	GUEST_SERIAL_FILE,
};

/* Every section's struct begins with its heading. */
struct guest_board {
	struct config_heading at;
	struct value_memory memory;
	char *qemu;
	unsigned int machine, rtc, accel, kernel_irqchip, vga;
};

struct guest_cpu {
	struct config_heading at;
	char *model;
	unsigned int sockets, cores, threads;
	bool hide_hypervisor;
};

struct guest_firmware {
	struct config_heading at;
	struct value_text code; /* or "auto" */
	struct value_text vars; /* or "none", "auto" */
};

struct guest_disk {
	struct config_heading at;
	struct value_text file;
	unsigned int format, interface;
	bool readonly;
};

struct guest_cdrom {
	struct config_heading at;
	struct value_text file;
};

struct guest_hostdev {
	struct config_heading at;
	struct pci_addr address;
	struct value_text romfile;
	unsigned int rombar;
};

struct guest_net {
	struct config_heading at;
	char *bridge; /* NULL: user */
	bool user;
	unsigned int model;
	char *mac;
};

struct guest_spice {
	struct config_heading at; /* line 0: no spice */
	struct value_text listen;
	unsigned int port;
	bool ticketing, allow_remote;
	struct value_text password_file;
};

struct guest_monitor {
	struct config_heading at; /* line 0: no monitor */
	struct value_endpoint telnet;
	struct value_text unix_path;
	bool allow_remote;
};

struct guest_serial {
	struct config_heading at;
	unsigned int type;
	struct value_text path;
};

struct guest {
	char *file; /* as the caller named it, for messages */
	char *name; /* the file's name without directory and .conf */
	struct guest_board board;
	struct guest_cpu cpu;
	struct guest_firmware firmware;
	struct guest_spice spice;
	struct guest_monitor monitor;
	struct guest_disk disks[CONFIG_SECTIONS_MAX];
	struct guest_cdrom cdroms[CONFIG_SECTIONS_MAX];
	struct guest_hostdev hostdevs[CONFIG_SECTIONS_MAX];
	struct guest_net nets[CONFIG_SECTIONS_MAX];
	struct guest_serial serials[CONFIG_SECTIONS_MAX];
	size_t disk_count, cdrom_count, hostdev_count, net_count, serial_count;
};

/*
 * Read a guest file; dirfd and path are as for openat(2). On success *ret is complete and safe to
 * start; release it with guest_release(). On failure *ret is empty and the message names file and
 * line: the fault is the file's, so the exit code is 2.
 */
int guest_load(int dirfd, const char *path, struct guest *ret, struct error *err) _must_check_;
void guest_release(struct guest *guest); /* an all-zero struct is fine */

/* What a person typed, as a path: a bare name is sought in the guests directory. To be freed. */
char *guest_file_path(const char *typed);

/* The rules that join several keys; guest_load() applies them. */
int guest_check(struct guest *guest, struct error *err) _must_check_;
