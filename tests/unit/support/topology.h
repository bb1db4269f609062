/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/predict.h"
#include "support/tree.h"

/* Made-up trees of PCI functions with the configuration space that decides about IOMMU groups. */

#define CONVENTIONAL (-1) /* for a type: no PCI Express capability */
#define NO_ACS       (-1) /* for ACS: no such capability */

/* The bits that a usual port has, and what the kernel makes of them. */
#define ACS_PORT     0x5f
#define ACS_PORT_ON  0x1d

#define CLASS_BRIDGE 0x060400
#define CLASS_OTHER  0x00ff00

struct made_function {
	const char *addr, *above; /* above NULL: on a root bus */
	unsigned int vendor, device, class;
	int type; /* enum pcie_type */
	int acs, control;
	bool multifunction; /* what its header says */
	int group;          /* the kernel's, counted from 1; 0: none */
};

/* A host that has these functions; groups, and an active IOMMU, if any of them has a group. */
struct tree *topology_make(const struct made_function *functions, size_t count);

/* Put a PCI Express capability, and with acs also that of ACS, into a function's space. */
void topology_set_pcie(struct tree *tree, const char *addr, int type, int acs, int control);

/* The prediction for a tree; a host that cannot be discovered fails the test. */
void topology_predict(struct tree *tree, struct host *host, struct prediction *ret);

/* "01:00.0 01:00.1\n" for each group, without domain 0000; to be freed. */
char *topology_partition(const struct prediction *prediction);

/* "no-acs-capability 0000:00:01.0: root port ..." for a function, or ""; to be freed. */
char *topology_reason(const struct prediction *prediction, const char *addr);
