/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/ops.h"

/* Where a bus has its devices and its drivers. */
struct bus {
	const char *devices, *drivers;
};

extern const struct bus pci_bus, platform_bus;

#define DRIVER_NAME_SIZE 64

/* The driver that has the device, "" for none. -ENOENT when the device itself is gone. */
int driver_link_read(struct apply *apply, const struct bus *bus, const char *device,
		     char ret[DRIVER_NAME_SIZE], struct error *err) _must_check_;

/*
 * Write the device's name to the driver's attribute, "bind" or "unbind". The link read back is the
 * only proof: 0 when the device's driver is the expected one after it.
 */
int driver_link_write(struct apply *apply, const struct bus *bus, const char *device,
		      const char *driver, const char *attribute, const char *expected,
		      struct error *err) _must_check_;
