/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/driver-link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fileat.h"
#include "host/names.h"

#define PATH_SIZE 384

const struct bus pci_bus = { NAME_PCI_DEVICES, NAME_PCI_DRIVERS };
const struct bus platform_bus = { NAME_PLATFORM_DEVICES, NAME_PLATFORM_DRIVERS };

int driver_link_read(struct apply *apply, const struct bus *bus, const char *device,
		     char ret[DRIVER_NAME_SIZE], struct error *err)
{
	char path[PATH_SIZE];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%s/driver", bus->devices, device);
	len = fileat_readlink_base(apply->root->fd, path, ret, DRIVER_NAME_SIZE);
	if (len >= 0)
		return 0;
	ret[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", bus->devices, device);
	if (len != -ENOENT || faccessat(apply->root->fd, path, F_OK, 0) < 0)
		return error_errno(err, (int)len, "%s: the device cannot be found any more", device);
	return 0;
}

int driver_link_write(struct apply *apply, const struct bus *bus, const char *device,
		      const char *driver, const char *attribute, const char *expected,
		      struct error *err)
{
	char path[PATH_SIZE], now[DRIVER_NAME_SIZE];
	struct error read_err;
	int written, r;

	snprintf(path, sizeof(path), "%s/%s/%s", bus->drivers, driver, attribute);
	written = apply->ops->attr_write(apply, path, device, err);
	/* Behind a write that did not return every attribute may block as well. */
	if (written == -ETIMEDOUT)
		return written;
	r = driver_link_read(apply, bus, device, now, &read_err);
	if (r == 0 && strcmp(now, expected) == 0)
		return 0;
	if (written < 0)
		return written;
	if (r < 0) {
		*err = read_err;
		return r;
	}
	return error_set(err, -EIO, "%s: after the %s %s %s its driver is %s", device, attribute,
			 *expected ? "to" : "from", driver, *now ? now : "none");
}
