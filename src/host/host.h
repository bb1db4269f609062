/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/claims.h"
#include "host/display.h"
#include "host/driver-module.h"
#include "host/duty.h"
#include "host/guest-means.h"
#include "host/held.h"
#include "host/holders.h"
#include "host/iommu.h"
#include "host/module.h"
#include "host/pci-bars.h"
#include "host/pci-caps.h"
#include "host/pci-roms.h"
#include "host/pci.h"
#include "host/platform.h"
#include "host/rivals.h"
#include "host/unknown.h"

struct pci_config;

/*
 * What host_discover() is to look at, beyond which PCI functions there are, their drivers and groups,
 * and the IOMMU.
 */
enum host_part {
	HOST_MODULES = 1 << 0, /* the vfio modules */
	HOST_HELD = 1 << 1,    /* the records of what vfioadm has bound */
	HOST_CAPS = 1 << 2,    /* all of each function and group: what decides about the groups */
	HOST_CLAIMS = 1 << 3,  /* which devices are to be vfio-pci's from the boot on */
	HOST_NAMES = 1 << 4,   /* what the devices are called: libpci, which HOST_CAPS opens as well */
};

/*
 * A host as it was when it was looked at. Everything is owned here; after discovery everybody holds
 * it const. host_release() takes a zeroed one.
 */
struct host {
	struct host_root *root;
	struct pci_config *config; /* with HOST_NAMES or HOST_CAPS; else NULL */
	struct pci_functions functions;
	struct pci_caps *caps; /* one for each of functions, with HOST_CAPS; else NULL */
	struct strv drivers; /* the PCI drivers that are registered */
	struct iommu iommu;
	bool has_ivrs; /* the firmware describes an AMD IOMMU; with HOST_CAPS */
	struct module_info modules[VFIO_MODULE_COUNT];
	struct held_list held;
	struct claims claims;
	struct holders holders; /* of the functions given to host_discover_holders() */

	/* From host_discover_uses() */
	struct pci_bars_list bars;
	struct display display;
	struct duties duties;
	struct driver_modules driver_modules;

	/* From host_discover_platform() and host_discover_rest() */
	struct platform platform;
	struct guest_means means;
	struct rivals rivals;

	struct pci_roms roms; /* empty, unless the caller has read some */

	struct unknowns unknowns; /* what none of them could read */
};

int host_discover(struct host_root *root, unsigned int parts, struct host *ret, struct error *err)
	_must_check_;

/*
 * The second look, once it is known which functions it is about: all of them and of their groups,
 * and what takes their lock to read. Then who has their nodes open.
 */
void host_discover_closely(struct host *host, const struct pci_addr *addrs, size_t count);
void host_discover_holders(struct host *host, const struct pci_addr *addrs, size_t count);

/*
 * What the host itself does with these functions: its screen, its disks, its network, the modules
 * that are built on their drivers.
 */
void host_discover_uses(struct host *host, const struct pci_addr *addrs, size_t count);

/* All three, for what a change is about. */
void host_discover_targets(struct host *host, const struct pci_addr *addrs, size_t count);

/* Processor, firmware and kernel command line. */
void host_discover_platform(struct host *host);

/* All else that only check tells, the platform and what HOST_CAPS asks for included. */
int host_discover_rest(struct host *host, struct error *err) _must_check_;
void host_release(struct host *host);
