/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "host/device-nodes.h"

/* A process that has a device node of a PCI function open: its driver cannot let go safely. */
struct holder {
	struct pci_addr addr; /* the function */
	char node[64];        /* "/dev/dri/card0", as the process opened it */
	bool shared;          /* the node is not this function's alone: see device-nodes.h */
	pid_t pid;
	char name[32];        /* the process's, from /proc/PID/comm */
};

struct holders {
	struct holder *items;
	size_t count;
	bool complete; /* false: some processes could not be looked at (not root) */
	struct device_nodes nodes; /* what was looked for */
};

/*
 * Who holds nodes of these functions: DRM, framebuffer, sound, vfio, kfd and nvidia nodes, known by
 * their device numbers and looked for in every /proc/PID/fd.
 */
void holders_read(const struct host_root *root, const struct pci_addr *addrs, size_t count,
		  struct holders *ret);

/*
 * Look again for who has the nodes of an earlier look open: a driver that is letting go of its
 * device, and does not come to an end, has taken them out of sysfs already.
 */
void holders_read_again(const struct host_root *root, const struct holders *before,
			struct holders *ret);
void holders_release(struct holders *holders);
