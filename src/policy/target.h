/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/host.h"

/* The functions that a request is about: pointers into the host, sorted by address, each once. */
struct targets {
	const struct pci_function **items;
	size_t count;
};

/*
 * Add what one DEVICE names: 01:00.0 or 0000:01:00.0 (a function), 01:00 (every function of the
 * slot) or 1002:5159 (the one device with these ids). Returns 0, -EINVAL for a text that is none of
 * these, -ENODEV where there is no such device, -ENOTUNIQ where ids fit more than one.
 */
int targets_add_device(struct targets *targets, const struct host *host, const char *text,
		       struct error *err) _must_check_;

/* Add every GPU but the boot GPU, or that one if there is no other. */
void targets_add_gpus(struct targets *targets, const struct host *host);

/* Add the companion functions: whatever shares a slot with a GPU among the targets. */
void targets_add_companions(struct targets *targets, const struct host *host);

/* The same of those companions that vfioadm holds: what bind took along, unbind gives back. */
void targets_add_held_companions(struct targets *targets, const struct host *host);

/* Add the other members of the targets' groups that a host driver holds, but no bridge. */
void targets_add_group_members(struct targets *targets, const struct host *host);

void targets_add(struct targets *targets, const struct pci_function *function);
bool targets_have(const struct targets *targets, struct pci_addr addr);

/* Their addresses, as many as there are targets, to be freed. */
struct pci_addr *targets_addrs(const struct targets *targets);
void targets_release(struct targets *targets);

/*
 * A driver that leaves its function fit to sit in a group that a guest uses: none at all, a vfio
 * driver, pci-stub, or pcieport. Any other takes the group's DMA for the host (the kernel's
 * driver_managed_dma), shpchp on a bridge among them.
 */
bool driver_leaves_group_viable(const char *driver);
