/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "launch/guest-check.h"

static int check_disk(const struct guest *guest, const struct guest_disk *disk, struct error *err)
{
	bool ata = disk->interface == GUEST_INTERFACE_IDE ||
		   disk->interface == GUEST_INTERFACE_SATA;
	bool threaded = disk->interface == GUEST_INTERFACE_VIRTIO ||
			disk->interface == GUEST_INTERFACE_SCSI;
	bool direct = disk->cache == GUEST_CACHE_NONE || disk->cache == GUEST_CACHE_DIRECTSYNC;

	if (disk->readonly && ata)
		return guest_complain(guest, &disk->at, err,
				      "readonly: only possible with interface=virtio, scsi or "
				      "nvme: ATA disks cannot say it");
	if (disk->iothread && !threaded)
		return guest_complain(guest, &disk->at, err,
				      "iothread: only possible with interface=virtio or scsi");
	if (disk->aio == GUEST_AIO_NATIVE && !direct)
		return guest_complain(guest, &disk->at, err,
				      "aio=native: needs cache=none or cache=directsync");
	return 0;
}

/* i440FX has two IDE channels for two drives each, q35 six SATA ports. */
static int check_ports(const struct guest *guest, struct error *err)
{
	bool q35 = guest->board.machine == GUEST_MACHINE_Q35;
	size_t ports = q35 ? 6 : 4, used = guest->cdrom_count, sata = 0;

	for (size_t i = 0; i < guest->disk_count; i++) {
		unsigned int interface = guest->disks[i].interface;

		if (interface == GUEST_INTERFACE_IDE || (interface == GUEST_INTERFACE_SATA && q35))
			used++;
		else if (interface == GUEST_INTERFACE_SATA)
			sata++;
	}
	if (used > ports)
		return error_set(err, -EINVAL,
				 "%s: %zu disks and CD-ROMs, but the board has %zu ports for "
				 "them: give some disks interface=virtio",
				 guest->file, used, ports);
	/* The ports of the one AHCI controller that i440FX is given. */
	if (sata > 6)
		return error_set(err, -EINVAL,
				 "%s: %zu SATA disks, but a controller has 6 ports: give some "
				 "interface=virtio",
				 guest->file, sata);
	return 0;
}

static const struct config_heading *with_turn(const struct guest *guest, unsigned int turn,
					     size_t *seen)
{
	const struct config_heading *last = NULL;

#define COUNT_TURNS(section)                                                                       \
	for (size_t i = 0; i < guest->section##_count; i++)                                        \
		if (guest->section##s[i].boot == turn) {                                           \
			last = &guest->section##s[i].at;                                           \
			(*seen)++;                                                                 \
		}
	COUNT_TURNS(disk)
	COUNT_TURNS(cdrom)
	COUNT_TURNS(hostdev)
	COUNT_TURNS(net)
#undef COUNT_TURNS
	return last;
}

/* QEMU takes no two devices with one bootindex. */
static int check_turns(const struct guest *guest, struct error *err)
{
	for (unsigned int turn = 1; turn <= 255; turn++) {
		size_t seen = 0;
		const struct config_heading *last = with_turn(guest, turn, &seen);

		if (seen > 1)
			return error_set(err, -EINVAL,
					 "%s:%u: %s: boot=%u is given to %zu devices: give each "
					 "another number",
					 guest->file, last->line, last->name, turn, seen);
	}
	return 0;
}

int guest_check_disks(const struct guest *guest, struct error *err)
{
	int r;

	for (size_t i = 0; i < guest->disk_count; i++) {
		r = check_disk(guest, &guest->disks[i], err);
		if (r < 0)
			return r;
		for (size_t j = 0; j < i; j++)
			if (strcmp(guest->disks[i].file.text, guest->disks[j].file.text) == 0 &&
			    !(guest->disks[i].readonly && guest->disks[j].readonly))
				return guest_complain(guest, &guest->disks[i].at, err,
						      "file= is another disk's already");
	}
	r = check_ports(guest, err);
	return r < 0 ? r : check_turns(guest, err);
}
