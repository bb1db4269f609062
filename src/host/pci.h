/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "host/pci-addr.h"
#include "host/root.h"

/* Base class 03: display controllers, VGA (0300), 3D (0302) and other (0380) alike. */
#define PCI_CLASS_DISPLAY 0x03

/* Header type 0 is an endpoint, 1 a PCI-to-PCI bridge, 2 a CardBus bridge. */
#define PCI_HEADER_ENDPOINT 0
#define PCI_HEADER_UNKNOWN  (-1)

/* One PCI function as sysfs shows it. Strings are owned, and NULL where the kernel says nothing. */
struct pci_function {
	struct pci_addr addr;
	struct pci_addr parent; /* the bridge above, if has_parent */
	bool has_parent;
	uint16_t vendor, device;
	uint32_t class; /* 24 bits: base class, subclass, programming interface */
	char *driver;          /* as in /sys/bus/pci/drivers */
	int iommu_group;       /* -1: none */
	bool boot_vga;         /* the firmware's console was on it */

	/* From pci_functions_read_closely(), for the functions it is asked about. */
	bool read_closely;
	uint16_t subsystem_vendor, subsystem_device;
	int header_type;   /* PCI_HEADER_UNKNOWN until then */
	char *module;      /* the module that the driver lives in; NULL when built in */
	int numa_node;     /* -1: not known */
	struct strv reset_methods;
	char *power_state; /* "D0", "D3cold", ... */

	/* From pci_functions_read_locked(), for the functions it is asked about. */
	char *driver_override; /* NULL: none set */
	int virtual_functions; /* SR-IOV functions that are enabled on it */
	bool locked;           /* a change of it is under way and does not end */
};

/* Every function of a host, sorted by address. */
struct pci_functions {
	struct pci_function *items;
	size_t count;
};

/*
 * What every verb may need of every function: few files, none of which wakes a sleeping device. A
 * function that vanishes while it is read is left out; an empty bus is no error.
 */
int pci_functions_read(const struct host_root *root, struct pci_functions *ret, struct error *err)
	_must_check_;

/* The rest, of the functions at these addresses; NULL: of all. What has been read is kept. */
void pci_functions_read_closely(const struct host_root *root, struct pci_functions *functions,
				const struct pci_addr *addrs, size_t count);
void pci_functions_release(struct pci_functions *functions);

/* NULL when there is none at this address. */
const struct pci_function *pci_functions_find(const struct pci_functions *functions,
					      struct pci_addr addr);

bool pci_function_is_display(const struct pci_function *function);
bool pci_function_is_bridge(const struct pci_function *function);

/* A driver of the vfio family: it keeps the host away from the device and lets a guest have it. */
bool pci_driver_is_vfio(const char *driver);
