/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "host/pci.h"

/* The module behind a function's driver. */
struct driver_module {
	struct pci_addr addr;
	bool built_in;       /* part of the kernel: it is there before any user space */
	struct strv holders; /* modules that are built on it, e.g. nvidia_drm on nvidia */
	int references;      /* how often it is in use; -1: not known */

	/*
	 * nvidia's, with nvidia_drm modeset=1: that module has every card of the driver open in the
	 * kernel, where no process shows it, and nvidia's remove waits until nobody has.
	 */
	bool kept_open_by_drm;
};

struct driver_modules {
	struct driver_module *items;
	size_t count;
};

/* Of those of the functions that have a driver. */
void driver_modules_read(const struct host_root *root, const struct pci_functions *functions,
			 const struct pci_addr *addrs, size_t count, struct driver_modules *ret);
void driver_modules_release(struct driver_modules *modules);
