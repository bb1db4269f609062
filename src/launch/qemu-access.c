/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

/* -nodefaults leaves out the display card as well, and without a server nobody would see it. */
static void add_display(struct qemu_builder *builder)
{
	static const char *const cards[] = {
		[GUEST_VGA_AUTO] = "none",     [GUEST_VGA_NONE] = "none", [GUEST_VGA_STD] = "std",
		[GUEST_VGA_VIRTIO] = "virtio", [GUEST_VGA_QXL] = "qxl",
	};

	qemu_add(builder, "-vga", "%s", cards[builder->guest->board.vga]);
	if (!builder->guest->spice.at.line && !builder->guest->vnc.at.line)
		qemu_add(builder, "-display", "none");
}

static void add_secret(struct qemu_builder *builder, const char *id, const struct value_text *path)
{
	_cleanup_free_ char *file = qemu_escape(path->text);

	qemu_add(builder, "-object", "secret,id=%s,file=%s", id, file);
}

static void add_spice_agent(struct qemu_builder *builder)
{
	struct qemu_place place = qemu_place_new(builder);

	qemu_add(builder, "-device", "virtio-serial-pci,id=agent%s", place.text);
	qemu_add(builder, "-chardev", "spicevmc,id=spice-agent,name=vdagent");
	qemu_add(builder, "-device",
		 "virtserialport,bus=agent.0,chardev=spice-agent,name=com.redhat.spice.0");
}

static void add_spice(struct qemu_builder *builder)
{
	const struct guest_spice *spice = &builder->guest->spice;
	const char *ticket =
		spice->ticketing ? "password-secret=spice-password" : "disable-ticketing=on";

	if (spice->ticketing)
		add_secret(builder, "spice-password", &spice->password_file);
	if (spice->unix_path.text) {
		_cleanup_free_ char *path = qemu_escape(spice->unix_path.text);

		qemu_add(builder, "-spice", "unix=on,addr=%s,%s", path, ticket);
	} else {
		qemu_add(builder, "-spice", "port=%u,addr=%s,%s", spice->port, spice->listen.text,
			 ticket);
	}
	if (spice->agent)
		add_spice_agent(builder);
}

static void add_vnc(struct qemu_builder *builder)
{
	const struct guest_vnc *vnc = &builder->guest->vnc;
	const char *password = vnc->password_file.text ? ",password-secret=vnc-password" : "";
	bool v6 = strchr(vnc->listen.text, ':') != NULL;

	if (vnc->password_file.text)
		add_secret(builder, "vnc-password", &vnc->password_file);
	if (vnc->unix_path.text) {
		_cleanup_free_ char *path = qemu_escape(vnc->unix_path.text);

		qemu_add(builder, "-vnc", "unix:%s%s", path, password);
		return;
	}
	qemu_add(builder, "-vnc", "%s%s%s:%u%s", v6 ? "[" : "", vnc->listen.text, v6 ? "]" : "",
		 vnc->port - 5900, password);
}

static void add_monitor(struct qemu_builder *builder)
{
	const struct guest_monitor *monitor = &builder->guest->monitor;
	const char *host = monitor->telnet.host;
	struct in_addr v4;

	if (host) {
		qemu_add(builder, "-chardev",
			 "socket,id=monitor,host=%s,port=%u%s,telnet=on,server=on,wait=off", host,
			 monitor->telnet.port,
			 inet_pton(AF_INET, host, &v4) == 1 ? ",ipv4=on" : "");
	} else {
		_cleanup_free_ char *path = qemu_escape(monitor->unix_path.text);

		qemu_add(builder, "-chardev", "socket,id=monitor,path=%s,server=on,wait=off", path);
	}
	qemu_add(builder, "-mon", "chardev=monitor,mode=readline");
}

static void add_qmp(struct qemu_builder *builder, const struct guest_qmp *qmp)
{
	_cleanup_free_ char *path = qemu_escape(qmp->unix_path.text);

	qemu_add(builder, "-chardev", "socket,id=qmp-%s,path=%s,server=on,wait=off", qmp->at.name,
		 path);
	qemu_add(builder, "-mon", "chardev=qmp-%s,mode=control", qmp->at.name);
}

static void add_serial(struct qemu_builder *builder, const struct guest_serial *serial)
{
	_cleanup_free_ char *path = serial->path.text ? qemu_escape(serial->path.text) : NULL;
	const char *name = serial->at.name;

	switch ((enum guest_serial_type)serial->type) {
	case GUEST_SERIAL_STDIO:
		qemu_add(builder, "-chardev", "stdio,id=serial-%s", name);
		break;
	case GUEST_SERIAL_PTY:
		qemu_add(builder, "-chardev", "pty,id=serial-%s", name);
		break;
	case GUEST_SERIAL_UNIX:
		qemu_add(builder, "-chardev", "socket,id=serial-%s,path=%s,server=on,wait=off", name,
			 path);
		break;
	case GUEST_SERIAL_FILE:
		qemu_add(builder, "-chardev", "file,id=serial-%s,path=%s", name, path);
		break;
	}
	qemu_add(builder, "-serial", "chardev:serial-%s", name);
}

void qemu_argv_access(struct qemu_builder *builder)
{
	const struct guest *guest = builder->guest;

	add_display(builder);
	if (guest->spice.at.line)
		add_spice(builder);
	if (guest->vnc.at.line)
		add_vnc(builder);
	if (guest->monitor.at.line)
		add_monitor(builder);
	for (size_t i = 0; i < guest->qmp_count; i++)
		add_qmp(builder, &guest->qmps[i]);
	for (size_t i = 0; i < guest->serial_count; i++)
		add_serial(builder, &guest->serials[i]);
}
