/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "launch/guest-check.h"

static int check_serials(const struct guest *guest, struct error *err)
{
	size_t stdio = 0;

	for (size_t i = 0; i < guest->serial_count; i++) {
		const struct guest_serial *serial = &guest->serials[i];
		bool wants_path =
			serial->type == GUEST_SERIAL_UNIX || serial->type == GUEST_SERIAL_FILE;

		if (wants_path && !serial->path.text)
			return guest_complain(guest, &serial->at, err, "this type needs path=");
		if (!wants_path && serial->path.text)
			return guest_complain(guest, &serial->at, err,
					"path= is for type=unix and type=file");
		if (serial->type == GUEST_SERIAL_STDIO && stdio++ > 0)
			return guest_complain(guest, &serial->at, err,
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
		return guest_complain(guest, &spice->at, err,
				"ticketing asks for a password: give password-file=PATH, or set "
				"ticketing=off");
	if (!spice->ticketing && spice->password_file.text)
		return guest_complain(guest, &spice->at, err,
				"password-file= has no effect with ticketing=off");
	if (spice->unix_path.text)
		return 0;
	if (!spice->allow_remote && !value_host_is_loopback(spice->listen.text))
		return error_set(
			err, -EINVAL,
			"%s:%u: listen=%s: opens the guest's screen to the network%s: listen "
			"on 127.0.0.1, or consent with allow-remote=yes",
			guest->file, spice->listen.line, spice->listen.text,
			spice->ticketing ? "" : " without a password");
	return 0;
}

static int check_vnc(const struct guest *guest, struct error *err)
{
	const struct guest_vnc *vnc = &guest->vnc;

	if (!vnc->at.line || vnc->unix_path.text)
		return 0;
	/* QEMU counts displays from 5900. */
	if (vnc->port < 5900)
		return guest_complain(guest, &vnc->at, err, "port= is 5900 or above");
	if (!vnc->allow_remote && !value_host_is_loopback(vnc->listen.text))
		return error_set(
			err, -EINVAL,
			"%s:%u: listen=%s: opens the guest's screen to the network%s: listen "
			"on 127.0.0.1, or consent with allow-remote=yes",
			guest->file, vnc->listen.line, vnc->listen.text,
			vnc->password_file.text ? "" : " without a password");
	return 0;
}

static int check_monitor(const struct guest *guest, struct error *err)
{
	const struct guest_monitor *monitor = &guest->monitor;
	const char *host = monitor->telnet.host;

	if (!monitor->at.line)
		return 0;
	if (!host == !monitor->unix_path.text)
		return guest_complain(guest, &monitor->at, err,
				"needs either telnet=ADDRESS:PORT or unix=PATH");
	if (host && !monitor->allow_remote && !value_host_is_loopback(host))
		return error_set(
			err, -EINVAL,
			"%s:%u: telnet=%s:%u: opens QEMU's monitor to the network without a "
			"password: listen on 127.0.0.1, or consent with allow-remote=yes",
			guest->file, monitor->telnet.line, host, monitor->telnet.port);
	return 0;
}

static int check_forwards(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->net_count; i++) {
		const struct guest_net *net = &guest->nets[i];

		for (size_t n = 0; n < net->forward.count && !net->allow_remote; n++)
			if (!value_host_is_loopback(net->forward.items[n].host))
				return error_set(err, -EINVAL,
						 "%s:%u: forward=%s: opens the guest to the "
						 "network: leave %s out, or consent with "
						 "allow-remote=yes",
						 guest->file, net->forward.line, net->forward.text,
						 net->forward.items[n].host);
	}
	return 0;
}

/* Two servers of one guest on one port of this host. */
static int check_ports(const struct guest *guest, struct error *err)
{
	bool spice = guest->spice.at.line && !guest->spice.unix_path.text;
	bool vnc = guest->vnc.at.line && !guest->vnc.unix_path.text;
	bool telnet = guest->monitor.at.line && guest->monitor.telnet.host;

	if (spice && vnc && guest->spice.port == guest->vnc.port)
		return guest_complain(guest, &guest->vnc.at, err,
				      "port= is the one of [spice]: give another");
	if ((spice && telnet && guest->spice.port == guest->monitor.telnet.port) ||
	    (vnc && telnet && guest->vnc.port == guest->monitor.telnet.port))
		return guest_complain(guest, &guest->monitor.at, err,
				      "telnet= has the port of the screen: give another");
	return 0;
}

int guest_check_access(const struct guest *guest, struct error *err)
{
	static int (*const checks[])(const struct guest *guest, struct error *err) = {
		check_serials, check_spice, check_vnc, check_monitor, check_forwards, check_ports,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		int r = checks[i](guest, err);

		if (r < 0)
			return r;
	}
	return 0;
}
