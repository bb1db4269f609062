/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

static const char *const caches[] = {
	[GUEST_CACHE_DEFAULT] = "",
	[GUEST_CACHE_NONE] = ",cache=none",
	[GUEST_CACHE_WRITEBACK] = ",cache=writeback",
	[GUEST_CACHE_WRITETHROUGH] = ",cache=writethrough",
	[GUEST_CACHE_DIRECTSYNC] = ",cache=directsync",
	[GUEST_CACHE_UNSAFE] = ",cache=unsafe",
};

static const char *const aios[] = {
	[GUEST_AIO_DEFAULT] = "",
	[GUEST_AIO_THREADS] = ",aio=threads",
	[GUEST_AIO_NATIVE] = ",aio=native",
	[GUEST_AIO_IO_URING] = ",aio=io_uring",
};

/* What stands behind the drive in a -device: its serial number and its turn to boot. */
static char *device_options(const struct guest_disk *disk)
{
	return xasprintf("%s%s%s", disk->serial ? ",serial=" : "", disk->serial ? disk->serial : "",
			 qemu_boot(disk->boot).text);
}

static void add_drive(struct qemu_builder *builder, const struct guest_disk *disk,
		      const char *interface)
{
	_cleanup_free_ char *file = qemu_escape(disk->file.text);

	qemu_add(builder, "-drive", "%s,id=disk-%s,format=%s%s%s%s%s%s,file=%s", interface,
		 disk->at.name, guest_format_names[disk->format], disk->readonly ? ",readonly=on" : "",
		 caches[disk->cache], aios[disk->aio], disk->discard ? ",discard=unmap" : "",
		 strcmp(interface, "if=none") == 0 ? "" : ",media=disk", file);
}

/* Two drives share a channel of i440FX's IDE, each SATA port of q35 has one. */
static void add_ata_device(struct qemu_builder *builder, const char *kind, unsigned int place,
			   const char *drive, const char *options)
{
	bool q35 = builder->guest->board.machine == GUEST_MACHINE_Q35;

	qemu_add(builder, "-device", "%s,bus=ide.%u,unit=%u,drive=%s%s", kind,
		 q35 ? place : place / 2, q35 ? 0 : place % 2, drive, options);
}

/* On the board's own controller, if=ide says all there is to say but a serial number and a turn. */
static void add_ide(struct qemu_builder *builder, const struct guest_disk *disk)
{
	_cleanup_free_ char *options = device_options(disk), *interface = NULL, *drive = NULL;
	unsigned int place = builder->ide_drives++;

	if (!*options) {
		interface = xasprintf("if=ide,index=%u", place);
		add_drive(builder, disk, interface);
		return;
	}
	drive = xasprintf("disk-%s", disk->at.name);
	add_drive(builder, disk, "if=none");
	add_ata_device(builder, "ide-hd", place, drive, options);
}

/* i440FX needs a controller of its own for SATA, which has six ports. */
static void add_sata(struct qemu_builder *builder, const struct guest_disk *disk)
{
	_cleanup_free_ char *options = device_options(disk);

	if (builder->guest->board.machine == GUEST_MACHINE_Q35) {
		add_ide(builder, disk);
		return;
	}
	if (builder->sata_drives == 0)
		qemu_add(builder, "-device", "ich9-ahci,id=sata");
	add_drive(builder, disk, "if=none");
	qemu_add(builder, "-device", "ide-hd,drive=disk-%s,bus=sata.%u%s", disk->at.name,
		 builder->sata_drives++, options);
}

static void add_virtio(struct qemu_builder *builder, const struct guest_disk *disk)
{
	_cleanup_free_ char *options = device_options(disk), *thread = NULL;
	struct qemu_place place = qemu_place_new(builder);

	if (disk->iothread) {
		qemu_add(builder, "-object", "iothread,id=iothread-%s", disk->at.name);
		thread = xasprintf(",iothread=iothread-%s", disk->at.name);
	}
	add_drive(builder, disk, "if=none");
	qemu_add(builder, "-device", "virtio-blk-pci,drive=disk-%s%s%s%s", disk->at.name,
		 thread ? thread : "", options, place.text);
}

/* One controller for all of them, before the first. */
static void add_scsi_controller(struct qemu_builder *builder)
{
	struct qemu_place place = qemu_place_new(builder);
	bool iothread = false;

	for (size_t i = 0; i < builder->guest->disk_count; i++) {
		const struct guest_disk *disk = &builder->guest->disks[i];

		iothread |= disk->interface == GUEST_INTERFACE_SCSI && disk->iothread;
	}
	if (iothread)
		qemu_add(builder, "-object", "iothread,id=scsi-iothread");
	qemu_add(builder, "-device", "virtio-scsi-pci,id=scsi%s%s",
		 iothread ? ",iothread=scsi-iothread" : "", place.text);
}

static void add_scsi(struct qemu_builder *builder, const struct guest_disk *disk, bool *controller)
{
	_cleanup_free_ char *options = device_options(disk);

	if (!*controller)
		add_scsi_controller(builder);
	*controller = true;
	add_drive(builder, disk, "if=none");
	qemu_add(builder, "-device", "scsi-hd,bus=scsi.0,drive=disk-%s%s", disk->at.name, options);
}

/* An NVMe controller must have a serial number. */
static void add_nvme(struct qemu_builder *builder, const struct guest_disk *disk)
{
	struct qemu_place place = qemu_place_new(builder);

	add_drive(builder, disk, "if=none");
	qemu_add(builder, "-device", "nvme,drive=disk-%s,serial=%s%s%s", disk->at.name,
		 disk->serial ? disk->serial : disk->at.name, qemu_boot(disk->boot).text,
		 place.text);
}

static void add_cdrom(struct qemu_builder *builder, const struct guest_cdrom *cdrom)
{
	_cleanup_free_ char *file = qemu_escape(cdrom->file.text);
	unsigned int place = builder->ide_drives++;

	if (cdrom->boot) {
		_cleanup_free_ char *drive = xasprintf("cdrom-%s", cdrom->at.name);

		qemu_add(builder, "-drive", "if=none,id=%s,format=raw,media=cdrom,readonly=on,file=%s",
			 drive, file);
		add_ata_device(builder, "ide-cd", place, drive, qemu_boot(cdrom->boot).text);
	} else {
		qemu_add(builder, "-drive",
			 "if=ide,index=%u,id=cdrom-%s,format=raw,media=cdrom,readonly=on,file=%s",
			 place, cdrom->at.name, file);
	}
}

void qemu_argv_disks(struct qemu_builder *builder)
{
	bool scsi = false;

	for (size_t i = 0; i < builder->guest->disk_count; i++) {
		const struct guest_disk *disk = &builder->guest->disks[i];

		switch ((enum guest_interface)disk->interface) {
		case GUEST_INTERFACE_IDE:
			add_ide(builder, disk);
			break;
		case GUEST_INTERFACE_VIRTIO:
			add_virtio(builder, disk);
			break;
		case GUEST_INTERFACE_SATA:
			add_sata(builder, disk);
			break;
		case GUEST_INTERFACE_SCSI:
			add_scsi(builder, disk, &scsi);
			break;
		case GUEST_INTERFACE_NVME:
			add_nvme(builder, disk);
			break;
		}
	}
	for (size_t i = 0; i < builder->guest->cdrom_count; i++)
		add_cdrom(builder, &builder->guest->cdroms[i]);
}
