/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "base/strv.h"
#include "host/config-file.h"
#include "host/pci-addr.h"
#include "host/root.h"

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
enum guest_vfio {
	GUEST_VFIO_AUTO,
	GUEST_VFIO_IOMMUFD,
	GUEST_VFIO_GROUP,
};
enum guest_vga {
	GUEST_VGA_AUTO, /* never left so by guest_load() */
	GUEST_VGA_NONE,
	GUEST_VGA_STD,
	GUEST_VGA_VIRTIO,
	GUEST_VGA_QXL,
};
enum guest_hugepages { GUEST_HUGEPAGES_NO, GUEST_HUGEPAGES_2M, GUEST_HUGEPAGES_1G };
enum guest_format { GUEST_FORMAT_RAW, GUEST_FORMAT_QCOW2 };
extern const char *const guest_format_names[]; /* as QEMU and qemu-img know them */

enum guest_interface {
	GUEST_INTERFACE_IDE,
	GUEST_INTERFACE_VIRTIO,
	GUEST_INTERFACE_SATA,
	GUEST_INTERFACE_SCSI,
	GUEST_INTERFACE_NVME,
};
enum guest_aio { GUEST_AIO_DEFAULT, GUEST_AIO_THREADS, GUEST_AIO_NATIVE, GUEST_AIO_IO_URING };
enum guest_cache {
	GUEST_CACHE_DEFAULT,
	GUEST_CACHE_NONE,
	GUEST_CACHE_WRITEBACK,
	GUEST_CACHE_WRITETHROUGH,
	GUEST_CACHE_DIRECTSYNC,
	GUEST_CACHE_UNSAFE,
};
enum guest_tpm_model { GUEST_TPM_CRB, GUEST_TPM_TIS };
enum guest_rombar { GUEST_ROMBAR_AUTO, GUEST_ROMBAR_YES, GUEST_ROMBAR_NO };
enum guest_vhost { GUEST_VHOST_AUTO, GUEST_VHOST_YES, GUEST_VHOST_NO };
enum guest_nic { GUEST_NIC_E1000, GUEST_NIC_VIRTIO, GUEST_NIC_E1000E };
enum guest_looking_glass_type { GUEST_LOOKING_GLASS_IVSHMEM, GUEST_LOOKING_GLASS_KVMFR };
enum guest_usb_type { GUEST_USB_HOST, GUEST_USB_TABLET, GUEST_USB_KEYBOARD, GUEST_USB_MOUSE };
enum guest_audio_driver {
	GUEST_AUDIO_NONE,
	GUEST_AUDIO_SPICE,
	GUEST_AUDIO_PA,
	GUEST_AUDIO_PIPEWIRE,
	GUEST_AUDIO_ALSA,
	GUEST_AUDIO_JACK,
};
enum guest_sound_card { GUEST_SOUND_CARD_HDA, GUEST_SOUND_CARD_AC97, GUEST_SOUND_CARD_USB };
enum guest_serial_type {
	GUEST_SERIAL_STDIO,
	GUEST_SERIAL_PTY,
	GUEST_SERIAL_UNIX,
	GUEST_SERIAL_FILE,
};

struct guest_board {
	struct config_heading at;
	struct value_memory memory;
	char *qemu;
	char *user; /* or "auto" */
	unsigned int machine, rtc, accel, kernel_irqchip, vga, vfio;
	bool hpet;
};

/* How main memory is made; the amount is the board's. */
struct guest_memory {
	struct config_heading at;
	unsigned int hugepages;
	struct value_text path; /* where a file system of huge pages is mounted; NULL: memfd */
	bool locked, shared, prealloc;
};

struct guest_cpu {
	struct config_heading at;
	char *model, *flags, *vendor_id;
	unsigned int sockets, cores, threads;
	bool hide_hypervisor, hyperv;
	struct value_cpus pin;		/* the nth vCPU's one processor, or none at all */
	struct value_cpus emulator_pin; /* for QEMU's main thread and its workers: any of them */
	struct value_cpus iothread_pin; /* for every I/O thread: any of them */
};

struct guest_firmware {
	struct config_heading at;
	struct value_text code; /* or "auto" */
	struct value_text vars; /* or "none", "auto" */
	bool secure_boot;
	struct value_memory mmio64;
};

struct guest_tpm {
	struct config_heading at; /* line 0: no TPM */
	unsigned int model;
};

struct guest_disk {
	struct config_heading at;
	struct value_text file;
	unsigned int format, interface, cache, aio;
	unsigned int boot; /* 0: not given, else its turn */
	bool readonly, discard, iothread;
	char *serial;
};

struct guest_cdrom {
	struct config_heading at;
	struct value_text file;
	unsigned int boot;
};

struct guest_hostdev {
	struct config_heading at;
	struct pci_addr address; /* with ids: known after guest_find_hostdevs() */
	struct value_ids ids;
	struct value_text romfile;
	unsigned int rombar, boot;
	bool x_vga, multifunction;
};

struct guest_net {
	struct config_heading at;
	char *bridge, *tap, *mac; /* no bridge and no tap: user */
	bool user, allow_remote;
	unsigned int model, vhost, boot;
	struct value_forwards forward;
};

struct guest_share {
	struct config_heading at;
	struct value_text path;
	char *tag; /* NULL: the section's name */
};

struct guest_usb {
	struct config_heading at;
	unsigned int type;
	struct value_ids ids;
	char *port;
};

struct guest_input {
	struct config_heading at;
	struct value_text evdev;
	bool grab_all, repeat;
};

struct guest_audio {
	struct config_heading at; /* line 0: no sound card */
	unsigned int driver, card;
	struct value_text server;
};

struct guest_looking_glass {
	struct config_heading at; /* line 0: none */
	unsigned int type;
	struct value_memory size;
	struct value_text path;
};

struct guest_spice {
	struct config_heading at; /* line 0: no spice */
	struct value_text listen, unix_path;
	unsigned int port;
	bool ticketing, allow_remote, agent;
	struct value_text password_file;
};

struct guest_vnc {
	struct config_heading at; /* line 0: no vnc */
	struct value_text listen, unix_path;
	unsigned int port;
	bool allow_remote;
	struct value_text password_file;
};

struct guest_monitor {
	struct config_heading at; /* line 0: no monitor */
	struct value_endpoint telnet;
	struct value_text unix_path;
	bool allow_remote;
};

struct guest_qmp {
	struct config_heading at;
	struct value_text unix_path;
};

struct guest_serial {
	struct config_heading at;
	unsigned int type;
	struct value_text path;
};

struct guest_extra {
	struct config_heading at;
	char *option, *value; /* value NULL: the option stands alone */
};

struct guest {
	char *file; /* as the caller named it, for messages */
	char *name; /* the file's name without directory and .conf */
	struct guest_board board;
	struct guest_memory memory;
	struct guest_cpu cpu;
	struct guest_firmware firmware;
	struct guest_tpm tpm;
	struct guest_audio audio;
	struct guest_looking_glass looking_glass;
	struct guest_spice spice;
	struct guest_vnc vnc;
	struct guest_monitor monitor;
	struct guest_disk disks[CONFIG_SECTIONS_MAX];
	struct guest_cdrom cdroms[CONFIG_SECTIONS_MAX];
	struct guest_hostdev hostdevs[CONFIG_SECTIONS_MAX];
	struct guest_net nets[CONFIG_SECTIONS_MAX];
	struct guest_share shares[CONFIG_SECTIONS_MAX];
	struct guest_usb usbs[CONFIG_SECTIONS_MAX];
	struct guest_input inputs[CONFIG_SECTIONS_MAX];
	struct guest_qmp qmps[CONFIG_SECTIONS_MAX];
	struct guest_serial serials[CONFIG_SECTIONS_MAX];
	struct guest_extra extras[CONFIG_SECTIONS_MAX];
	size_t disk_count, cdrom_count, hostdev_count, net_count, share_count, usb_count,
		input_count, qmp_count, serial_count, extra_count;
};

/*
 * The path of a socket that vfioadm makes for a running guest, or has made: .sock is put behind
 * name. To be freed.
 */
char *guest_socket_path(const struct guest *guest, const char *name);

/* As QEMU's -audiodev calls it. */
const char *guest_audio_driver_name(unsigned int driver);

/* Where the memory of Looking Glass is: what the file says, or the usual place. */
const char *guest_looking_glass_path(const struct guest_looking_glass *glass);

/* The number of its virtual processors. */
unsigned int guest_cpu_count(const struct guest *guest);

/*
 * Read a guest file; dirfd and path are as for openat(2). On success *ret is complete and safe to
 * start; release it with guest_release(). On failure *ret is empty and the message names file and
 * line: the fault is the file's, so the exit code is 2.
 */
int guest_load(int dirfd, const char *path, struct guest *ret, struct error *err) _must_check_;
void guest_release(struct guest *guest); /* an all-zero struct is fine */

/* What a person typed, as a path: a bare name is sought in the guests directory. To be freed. */
char *guest_file_path(const char *typed);

/* Add the names of those in the guests directory, sorted. */
void guest_file_names(const struct host_root *root, struct strv *ret);

/*
 * Find the devices that [hostdev] sections name by ids among those of this host, and give the
 * sections their addresses. What cannot be found, or is there twice, is added to problems, and its
 * address stays all zero. Reads only.
 */
void guest_find_hostdevs(struct guest *guest, struct strv *problems);

/* The address was given, or found by ids. */
bool guest_hostdev_has_address(const struct guest_hostdev *hostdev);

/* The rules that join several keys; guest_load() applies them. */
int guest_check(struct guest *guest, struct error *err) _must_check_;
