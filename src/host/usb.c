/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usb.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"

static int open_devices(const struct host_root *root)
{
	return host_root_openat(root, NAME_USB_DEVICES, O_RDONLY | O_DIRECTORY);
}

/* One attribute of a device; false where it has none such, as interfaces have no ids. */
static bool read_attribute(int devices, const char *name, const char *attribute, bool hex,
			   uint64_t *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", name, attribute);
	char text[16];

	if (fileat_read(devices, path, text, sizeof(text)) < 0)
		return false;
	return (hex ? parse_hex(text, 4, 4, ret) : parse_uint(text, 999, ret)) == 0;
}

static void add_node(int devices, const char *name, struct strv *nodes)
{
	uint64_t bus, device;

	if (read_attribute(devices, name, "busnum", false, &bus) &&
	    read_attribute(devices, name, "devnum", false, &device))
		strv_addf(nodes, "/" NAME_DEV_USB "/%03u/%03u", (unsigned int)bus,
			  (unsigned int)device);
}

void usb_find_by_ids(const struct host_root *root, uint16_t vendor, uint16_t product,
		     struct strv *nodes)
{
	_cleanup_close_ int devices = open_devices(root);
	int fd = devices < 0 ? -1 : fcntl(devices, F_DUPFD_CLOEXEC, 3);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		uint64_t its_vendor, its_product;

		if (read_attribute(devices, entry->d_name, "idVendor", true, &its_vendor) &&
		    read_attribute(devices, entry->d_name, "idProduct", true, &its_product) &&
		    its_vendor == vendor && its_product == product)
			add_node(devices, entry->d_name, nodes);
	}
	if (dir)
		closedir(dir);
}

void usb_find_by_port(const struct host_root *root, const char *port, struct strv *nodes)
{
	_cleanup_close_ int devices = open_devices(root);

	if (devices >= 0)
		add_node(devices, port, nodes);
}
