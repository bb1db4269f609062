/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/host.h"
#include "host/pci-caps.h"

#define NO_FUNCTION SIZE_MAX

/* Where a function is, by indices into the host's functions. */
struct pci_node {
	size_t parent; /* the bridge above; NO_FUNCTION on a root bus */
	size_t vmd;    /* the VMD controller whose domain it is in, or NO_FUNCTION */
	size_t depth;  /* how many are above it, that controller and what is above it included */
	struct pci_caps caps; /* with the port type that the kernel takes it for */
};

/* The functions of a host as a tree. order visits each after what is above it, by address else. */
struct pci_tree {
	const struct host *host;
	struct pci_node *nodes;
	size_t *order;
	size_t count;
};

/* The host must have been discovered with HOST_CAPS. */
void pci_tree_build(const struct host *host, struct pci_tree *ret);
void pci_tree_release(struct pci_tree *tree);

/* The bridge or the VMD controller above it; NO_FUNCTION on a root bus. */
size_t pci_node_above(const struct pci_node *node);

/* Is the function this one itself, or behind it? */
bool pci_tree_is_below(const struct pci_tree *tree, size_t function, size_t above);

/* The functions from *first to before *end share the bus, or the slot, of this one. */
void pci_tree_bus(const struct pci_tree *tree, size_t function, size_t *first, size_t *end);
void pci_tree_slot(const struct pci_tree *tree, size_t function, size_t *first, size_t *end);
