/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci-caps.h"

/* What a bridge does to the requester ids of the DMA that passes it on its way up. */
enum bridge_alias {
	BRIDGE_KEEPS,   /* nothing: PCIe ports */
	BRIDGE_ALIASES, /* it puts its own in their place: the IOMMU sees one device */
	BRIDGE_ENDS,    /* the IOMMU sits here, what is above does not matter */
	BRIDGE_UNKNOWN, /* its configuration space cannot be read */
};

/* The switch in pci_for_each_dma_alias() of Linux's drivers/pci/search.c. */
enum bridge_alias bridge_alias_of(const struct pci_function *bridge, const struct pci_caps *caps);

/*
 * Some devices send DMA under other addresses of their bus too (pci_add_dma_alias() in the kernel's
 * quirks.c). Does one of these two, which are on the same bus, use the address of the other?
 */
bool functions_alias(const struct pci_function *a, const struct pci_function *b);

/* Is this function one of those devices? */
bool function_has_alias(const struct pci_function *function);
