/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "launch/import-props.h"
#include "launch/import.h"

/* The first flash holds the code, the second the settings. */
static bool add_flash(struct import *import, struct import_props *props)
{
	const char *unit = import_prop(props, "unit"), *file = import_prop(props, "file");
	bool readonly = import_prop_is_on(props, "readonly");
	bool code = unit ? strcmp(unit, "0") == 0 : readonly;

	(void)import_prop(props, "format");
	if (!file || !import_props_all_read(props))
		return false;
	import_line(import, "firmware", code ? "code=%s" : "vars=%s", file);
	if (code)
		import_line(import, "firmware", "vars=none");
	return true;
}

static bool add_cdrom(struct import *import, struct import_props *props)
{
	const char *file = import_prop(props, "file"), *boot = import_prop(props, "bootindex");
	_cleanup_free_ char *heading = import_heading(import, "cdrom");

	(void)import_prop(props, "format");
	(void)import_prop(props, "readonly");
	if (!file || !import_props_all_read(props))
		return false;
	import_line(import, heading, "file=%s", file);
	if (boot)
		import_line(import, heading, "boot=%s", boot);
	return true;
}

/* A property that has a key of its own, and the same values. */
static void copy(struct import *import, const char *heading, struct import_props *props,
		 const char *property, const char *key)
{
	const char *value = import_prop(props, property);

	if (value)
		import_line(import, heading, "%s=%s", key, value);
}

static bool add_disk(struct import *import, struct import_props *props, const char *interface)
{
	static const char *const known[] = { "file", "format", "readonly", "cache", "aio", "discard",
					     "serial", "bootindex" };
	_cleanup_free_ char *heading = import_heading(import, "disk");
	const char *discard = import_prop(props, "discard"), *format = import_prop(props, "format");
	const char *file = import_prop(props, "file");

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		(void)import_prop(props, known[i]);
	if (!file || !import_props_all_read(props) ||
	    (format && strcmp(format, "raw") != 0 && strcmp(format, "qcow2") != 0))
		return false;
	import_line(import, heading, "file=%s", file);
	import_line(import, heading, "format=%s", format ? format : "raw");
	if (!format)
		strv_addf(&import->warnings, "%s: no format was given, and raw is assumed: QEMU would "
			  "guess, which a guest can abuse", file);
	if (strcmp(interface, "ide") != 0)
		import_line(import, heading, "interface=%s", interface);
	if (import_prop_is_on(props, "readonly"))
		import_line(import, heading, "readonly=yes");
	copy(import, heading, props, "cache", "cache");
	copy(import, heading, props, "aio", "aio");
	if (discard && (strcmp(discard, "unmap") == 0 || strcmp(discard, "on") == 0))
		import_line(import, heading, "discard=yes");
	copy(import, heading, props, "serial", "serial");
	copy(import, heading, props, "bootindex", "boot");
	return true;
}

bool import_drive(struct import *import, const char *value)
{
	struct import_props props;
	const char *interface, *media, *id;
	bool done;

	import_props_parse(value, &props);
	interface = import_prop(&props, "if");
	media = import_prop(&props, "media");
	id = import_prop(&props, "id");
	(void)import_prop(&props, "index");
	if (interface && strcmp(interface, "none") == 0 && id) {
		strv_add(&import->drives, id);
		strv_add(&import->drives, value);
		done = true;
	} else if (interface && strcmp(interface, "pflash") == 0) {
		done = add_flash(import, &props);
	} else if (media && strcmp(media, "cdrom") == 0) {
		done = add_cdrom(import, &props);
	} else {
		done = (!interface || strcmp(interface, "ide") == 0 ||
			strcmp(interface, "virtio") == 0) &&
		       add_disk(import, &props, interface ? interface : "ide");
	}
	import_props_release(&props);
	return done;
}

static const struct {
	const char *device, *interface; /* NULL: a CD-ROM */
} disk_devices[] = {
	{ "virtio-blk-pci", "virtio" }, { "virtio-blk", "virtio" }, { "ide-hd", "ide" },
	{ "scsi-hd", "scsi" },		{ "nvme", "nvme" },	    { "ide-cd", NULL },
};

/* The drive that a device names is taken, and its properties are joined with the device's. */
static bool add_disk_device(struct import *import, struct import_props *device,
			    const char *interface)
{
	const char *id = import_prop(device, "drive"), *boot = import_prop(device, "bootindex");
	const char *serial = import_prop(device, "serial");
	bool done = false;

	(void)import_prop(device, "id");
	for (size_t i = 0; id && import_props_all_read(device) && i < import->drives.count; i += 2) {
		_cleanup_free_ char *all = NULL;
		struct import_props props;

		if (strcmp(import->drives.items[i], id) != 0)
			continue;
		all = xasprintf("%s%s%s%s%s", import->drives.items[i + 1], boot ? ",bootindex=" : "",
				boot ? boot : "", serial ? ",serial=" : "", serial ? serial : "");
		import_props_parse(all, &props);
		(void)import_prop(&props, "if");
		(void)import_prop(&props, "id");
		(void)import_prop(&props, "media");
		done = interface ? add_disk(import, &props, interface) : add_cdrom(import, &props);
		import_props_release(&props);
		if (done)
			import->drives.items[i][0] = '\0';
		break;
	}
	return done;
}

static bool add_hostdev(struct import *import, struct import_props *props)
{
	static const struct { const char *property, *key; } same[] = {
		{ "romfile", "romfile" }, { "bootindex", "boot" },
	};
	_cleanup_free_ char *heading = import_heading(import, "hostdev");
	const char *host = import_prop(props, "host"), *rombar = import_prop(props, "rombar");
	bool vga = import_prop_is_on(props, "x-vga");
	bool placed = import_prop(props, "bus") || import_prop(props, "addr");
	const char *multifunction = import_prop(props, "multifunction");

	(void)import_prop(props, "id");
	(void)import_prop(props, "addr");
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		(void)import_prop(props, same[i].property);
	if (!host || !import_props_all_read(props))
		return false;
	import_line(import, heading, "address=%s", host);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		copy(import, heading, props, same[i].property, same[i].key);
	if (rombar)
		import_line(import, heading, "rombar=%s", strcmp(rombar, "0") == 0 ? "no" : "yes");
	if (vga)
		import_line(import, heading, "x-vga=yes");
	if (placed || multifunction)
		strv_addf(&import->warnings, "vfio-pci %s: its place in the guest (bus, addr, "
			  "multifunction) is left out: vfioadm finds one, and keeps a card's functions "
			  "together", host);
	return true;
}

static bool add_usb(struct import *import, struct import_props *props)
{
	_cleanup_free_ char *heading = import_heading(import, "usb");
	const char *vendor = import_prop(props, "vendorid"), *product = import_prop(props, "productid");

	(void)import_prop(props, "id");
	if (!vendor || !product || !import_props_all_read(props))
		return false;
	import_line(import, heading, "ids=%04lx:%04lx", strtoul(vendor, NULL, 0) & 0xffff,
		    strtoul(product, NULL, 0) & 0xffff);
	return true;
}

bool import_device(struct import *import, const char *value)
{
	struct import_props props;
	bool done = false;

	import_props_parse(value, &props);
	for (size_t i = 0; props.first && i < ARRAY_SIZE(disk_devices); i++)
		if (strcmp(props.first, disk_devices[i].device) == 0)
			done = add_disk_device(import, &props, disk_devices[i].interface);
	if (props.first && strcmp(props.first, "vfio-pci") == 0)
		done = add_hostdev(import, &props);
	else if (props.first && strcmp(props.first, "usb-host") == 0)
		done = add_usb(import, &props);
	import_props_release(&props);
	return done || import_net(import, value);
}
