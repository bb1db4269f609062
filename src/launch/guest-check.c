/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "launch/guest.h"

static int complain(const struct guest *guest, const struct config_heading *at, struct error *err,
		    const char *why)
{
	return error_set(err, -EINVAL, "%s:%u: %s%s%s", guest->file, at->line,
			 at->name ? at->name : "", at->name ? ": " : "", why);
}

/* i440FX has two IDE channels for two drives each, q35 six SATA ports. */
static int check_disks(const struct guest *guest, struct error *err)
{
	size_t ports = guest->board.machine == GUEST_MACHINE_PC ? 4 : 6;
	size_t used = guest->cdrom_count;

	for (size_t i = 0; i < guest->disk_count; i++) {
		const struct guest_disk *disk = &guest->disks[i];

		if (disk->readonly && disk->interface != GUEST_INTERFACE_VIRTIO)
			return complain(guest, &disk->at, err,
					"readonly: only possible with interface=virtio");
		if (disk->interface == GUEST_INTERFACE_IDE ||
		    (disk->interface == GUEST_INTERFACE_SATA &&
		     guest->board.machine == GUEST_MACHINE_Q35))
			used++;
	}
	if (used > ports)
		return error_set(err, -EINVAL,
				 "%s: %zu disks and CD-ROMs, but the board has %zu ports for "
				 "them: give some disks interface=virtio",
				 guest->file, used, ports);
	return 0;
}

static int check_hostdevs(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->hostdev_count; i++)
		for (size_t j = 0; j < i; j++)
			if (pci_addr_compare(guest->hostdevs[i].address,
					     guest->hostdevs[j].address) == 0)
				return error_set(err, -EINVAL,
						 "%s:%u: %s: already given, on line %u",
						 guest->file, guest->hostdevs[i].at.line,
						 pci_addr_text(guest->hostdevs[i].address).text,
						 guest->hostdevs[j].at.line);
	return 0;
}

static int check_nets(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->net_count; i++) {
		const struct guest_net *net = &guest->nets[i];

		if (!net->bridge == !net->user)
			return complain(guest, &net->at, err,
					"needs either bridge=NAME or user=yes");
	}
	return 0;
}

static int check_serials(const struct guest *guest, struct error *err)
{
	size_t stdio = 0;

	for (size_t i = 0; i < guest->serial_count; i++) {
		const struct guest_serial *serial = &guest->serials[i];
		bool wants_path =
			serial->type == GUEST_SERIAL_UNIX || serial->type == GUEST_SERIAL_FILE;

		if (wants_path && !serial->path.text)
			return complain(guest, &serial->at, err, "this type needs path=");
		if (!wants_path && serial->path.text)
			return complain(guest, &serial->at, err,
					"path= is for type=unix and type=file");
		if (serial->type == GUEST_SERIAL_STDIO && stdio++ > 0)
			return complain(guest, &serial->at, err,
					"only one serial port can have type=stdio");
	}
	/* The ISA bus of a PC has four COM ports. */
	if (guest->serial_count > 4)
		return error_set(err, -EINVAL, "%s: more than 4 serial ports", guest->file);
	return 0;
}

static int check_spice(const struct guest *guest, struct error *err)
{
	const struct guest_spice *spice = &guest->spice;

	if (!spice->at.line)
		return 0;
	if (spice->ticketing && !spice->password_file.text)
		return complain(guest, &spice->at, err,
				"ticketing asks for a password: give password-file=PATH, or set "
				"ticketing=off");
	if (!spice->ticketing && spice->password_file.text)
		return complain(guest, &spice->at, err,
				"password-file= has no effect with ticketing=off");
	if (!spice->allow_remote && !value_host_is_loopback(spice->listen.text))
		return error_set(
			err, -EINVAL,
			"%s:%u: listen=%s: opens the guest's screen to the network%s: listen "
			"on 127.0.0.1, or consent with allow-remote=yes",
			guest->file, spice->listen.line, spice->listen.text,
			spice->ticketing ? "" : " without a password");
	return 0;
}

static int check_monitor(const struct guest *guest, struct error *err)
{
	const struct guest_monitor *monitor = &guest->monitor;
	const char *host = monitor->telnet.host;

	if (!monitor->at.line)
		return 0;
	if (!host == !monitor->unix_path.text)
		return complain(guest, &monitor->at, err,
				"needs either telnet=ADDRESS:PORT or unix=PATH");
	if (host && !monitor->allow_remote && !value_host_is_loopback(host))
		return error_set(
			err, -EINVAL,
			"%s:%u: telnet=%s:%u: opens QEMU's monitor to the network without a "
			"password: listen on 127.0.0.1, or consent with allow-remote=yes",
			guest->file, monitor->telnet.line, host, monitor->telnet.port);
	return 0;
}

int guest_check(struct guest *guest, struct error *err)
{
	static int (*const checks[])(const struct guest *guest, struct error *err) = {
		check_disks, check_hostdevs, check_nets, check_serials, check_spice, check_monitor,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		int r = checks[i](guest, err);

		if (r < 0)
			return r;
	}
	if (guest->board.vga == GUEST_VGA_AUTO)
		guest->board.vga = guest->spice.at.line ? GUEST_VGA_STD : GUEST_VGA_NONE;
	return 0;
}
