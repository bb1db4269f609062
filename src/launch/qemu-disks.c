/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-parts.h"

#include "base/alloc.h"

static const char *const formats[] = { [GUEST_FORMAT_RAW] = "raw", [GUEST_FORMAT_QCOW2] = "qcow2" };

/* A drive that waits for a -device to take it. */
static void add_backend(const struct guest_disk *disk, const char *file, struct strv *argv)
{
	strv_add(argv, "-drive");
	strv_addf(argv, "if=none,id=disk-%s,format=%s%s,file=%s", disk->at.name,
		  formats[disk->format], disk->readonly ? ",readonly=on" : "", file);
	strv_add(argv, "-device");
}

/*
 * if=ide takes the next free port of the board's own controller, which on q35 is SATA; i440FX
 * needs a controller of its own for SATA, which has six ports.
 */
static void add_disk(const struct guest *guest, const struct guest_disk *disk,
		     unsigned int *sata_port, struct strv *argv)
{
	_cleanup_free_ char *file = qemu_escape(disk->file.text);

	if (disk->interface == GUEST_INTERFACE_VIRTIO) {
		add_backend(disk, file, argv);
		strv_addf(argv, "virtio-blk-pci,drive=disk-%s", disk->at.name);
	} else if (disk->interface == GUEST_INTERFACE_SATA &&
		   guest->board.machine == GUEST_MACHINE_PC) {
		if (*sata_port == 0) {
			strv_add(argv, "-device");
			strv_add(argv, "ich9-ahci,id=sata");
		}
		add_backend(disk, file, argv);
		strv_addf(argv, "ide-hd,drive=disk-%s,bus=sata.%u", disk->at.name, (*sata_port)++);
	} else {
		strv_add(argv, "-drive");
		strv_addf(argv, "if=ide,id=disk-%s,format=%s,media=disk,file=%s", disk->at.name,
			  formats[disk->format], file);
	}
}

void qemu_argv_disks(const struct guest *guest, struct strv *argv)
{
	unsigned int sata_port = 0;

	for (size_t i = 0; i < guest->disk_count; i++)
		add_disk(guest, &guest->disks[i], &sata_port, argv);
	for (size_t i = 0; i < guest->cdrom_count; i++) {
		_cleanup_free_ char *file = qemu_escape(guest->cdroms[i].file.text);

		strv_add(argv, "-drive");
		strv_addf(argv, "if=ide,id=cdrom-%s,format=raw,media=cdrom,readonly=on,file=%s",
			  guest->cdroms[i].at.name, file);
	}
}
