/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/pci.h"

struct pci_config;

/* Device/Port Type of the PCI Express capability (PCI_EXP_TYPE_* of Linux's pci_regs.h). */
enum pcie_type {
	PCIE_ENDPOINT = 0x0,
	PCIE_LEGACY_ENDPOINT = 0x1,
	PCIE_ROOT_PORT = 0x4,
	PCIE_UPSTREAM_PORT = 0x5,   /* the side of a switch that faces the processor */
	PCIE_DOWNSTREAM_PORT = 0x6, /* and its other sides */
	PCIE_TO_PCI_BRIDGE = 0x7,
	PCI_TO_PCIE_BRIDGE = 0x8,
	PCIE_RC_ENDPOINT = 0x9, /* integrated into the root complex */
	PCIE_RC_EVENT_COLLECTOR = 0xa,
};

/* Bits of the ACS capability and control words (PCI_ACS_* of pci_regs.h). */
#define ACS_SOURCE_VALIDATION   0x01
#define ACS_REQUEST_REDIRECT    0x04
#define ACS_COMPLETION_REDIRECT 0x08
#define ACS_UPSTREAM_FORWARDING 0x10
#define ACS_BITS                7 /* that are defined */

enum acs_capability { ACS_CAPABILITY_UNKNOWN, ACS_CAPABILITY_ABSENT, ACS_CAPABILITY_PRESENT };

/* Does the LPC bridge of a root port's bus let the kernel at the chipset's own registers? */
enum chipset_window {
	CHIPSET_WINDOW_UNKNOWN, /* not readable, or all zeroes, as where firmware hides it */
	CHIPSET_WINDOW_CLOSED,
	CHIPSET_WINDOW_OPEN,
};

/* What decides about IOMMU groups and is in a function's configuration space, or beside it. */
struct pci_caps {
	bool known;      /* the capabilities could be read; else pcie to acs_control say nothing */
	bool pcie;       /* has the PCI Express capability */
	enum pcie_type type;
	enum acs_capability acs;
	uint16_t acs_bits, acs_control;
	enum chipset_window window; /* of an Intel root port on a root bus */
	bool multifunction;    /* as the kernel counts: every function above 0 is one of several */
	bool virtual_function; /* of SR-IOV; never multifunction */
	bool behind_vmd;       /* on the root bus of a domain that an Intel VMD controller makes */
	struct pci_addr vmd;
};

/*
 * One struct for each of functions, to be freed. What cannot be read (past 64 bytes that takes
 * root; a device in D3cold answers all ones) is unknown, never absent.
 */
struct pci_caps *pci_caps_read(const struct host_root *root, struct pci_config *config,
			       const struct pci_functions *functions);

/* There is an ACPI table IVRS: the firmware describes an AMD IOMMU. */
bool pci_has_ivrs(const struct host_root *root);
