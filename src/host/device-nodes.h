/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "host/pci-addr.h"
#include "host/root.h"

/* A device number and the function that its node belongs to. */
struct device_node {
	dev_t number;
	struct pci_addr addr;
	bool shared; /* with other functions of the same driver: /dev/kfd, /dev/nvidiactl, ... */
};

struct device_nodes {
	struct device_node *items;
	size_t count;
};

/*
 * The nodes of one function: what hangs below it in sysfs (DRM, frame buffer, sound, block, i2c),
 * its group's in the vfio class, and those that its driver makes elsewhere (amdgpu's /dev/kfd,
 * nvidia's, which are in no class).
 */
void device_nodes_add(struct device_nodes *nodes, const struct host_root *root,
		      struct pci_addr addr);
