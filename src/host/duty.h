/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/pci-addr.h"
#include "host/root.h"

/* Something that the host itself needs a PCI function for, or one below it. */
struct duty {
	struct pci_addr addr;
	bool network; /* else storage */
	char *what;   /* "/home on nvme0n1p2", "swap on dm-1", "the default route through eth0" */
};

struct duties {
	struct duty *items;
	size_t count;
};

/* Every function on the way to the device at link, a name below the root, carries what. */
void duties_add_path(struct duties *duties, const struct host_root *root, const char *link,
		     bool network, const char *what);
void duties_release(struct duties *duties);
