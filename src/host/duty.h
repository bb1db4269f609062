/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/pci-addr.h"
#include "host/root.h"
#include "host/unknown.h"

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

/*
 * Mounted file systems and swap, down through partitions, device-mapper and md, and default routes,
 * down through bridges, bonds and VLANs. Every function on the way to a device carries it.
 */
void duties_read(const struct host_root *root, struct duties *ret, struct unknowns *unknowns);
void duties_release(struct duties *duties);

/* For the files that find them: every function above link carries what. */
void duties_add_path(struct duties *duties, const struct host_root *root, const char *link,
		     bool network, const char *what);
void block_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns);
void net_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns);

/* The kernel's name of "/dev/nvme0n1p2" or "/dev/mapper/root"; false for what is no device node. */
bool block_kernel_name(const struct host_root *root, const char *source, char *buf, size_t size);

/* A line of /proc/net/route or ipv6_route: is it a default route, and through which interface? */
bool route_is_default_ipv4(const char *line, char name[32]);
bool route_is_default_ipv6(const char *line, char name[32]);
