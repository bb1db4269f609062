/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/held.h"
#include "host/holders.h"
#include "host/iommu.h"
#include "host/module.h"
#include "host/pci.h"

struct pci_config;

/* What host_discover() is to look at, beyond the PCI functions and the IOMMU. */
enum host_part {
	HOST_MODULES = 1 << 0, /* the vfio modules */
	HOST_HELD = 1 << 1,    /* the records of what vfioadm has bound */
};

/*
 * A host as it was when it was looked at. Everything is owned here; after discovery everybody holds
 * it const. host_release() takes a zeroed one.
 */
struct host {
	struct host_root *root;
	struct pci_config *config;
	struct pci_functions functions;
	struct strv drivers; /* the PCI drivers that are registered */
	struct iommu iommu;
	struct module_info modules[VFIO_MODULE_COUNT];
	struct held_list held;
	struct holders holders; /* of the functions given to host_discover_holders() */
};

int host_discover(struct host_root *root, unsigned int parts, struct host *ret, struct error *err)
	_must_check_;

/*
 * The second look, once it is known which functions it is about: what takes their lock to read,
 * and who has their nodes open.
 */
void host_discover_locked(struct host *host, const struct pci_addr *addrs, size_t count);
void host_discover_holders(struct host *host, const struct pci_addr *addrs, size_t count);
void host_release(struct host *host);
