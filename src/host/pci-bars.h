/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/pci-addr.h"
#include "host/root.h"

#define PCI_BAR_COUNT 6

/* The memory that a function answers to: its base address registers, as the kernel placed them. */
struct pci_bars {
	struct pci_addr addr;
	struct {
		uint64_t start, end; /* both 0: not a memory BAR, or not placed */
		bool resizable;      /* resourceN_resize is there (Resizable BAR) */
	} items[PCI_BAR_COUNT];
};

struct pci_bars_list {
	struct pci_bars *items;
	size_t count;
};

/* Of these functions, which are sorted. One whose file cannot be read has no BARs. */
void pci_bars_read(const struct host_root *root, const struct pci_addr *addrs, size_t count,
		   struct pci_bars_list *ret);
void pci_bars_release(struct pci_bars_list *list);

const struct pci_bars *pci_bars_find(const struct pci_bars_list *list, struct pci_addr addr);

/* The number of a BAR that overlaps the range, or -1. */
int pci_bars_overlap(const struct pci_bars *bars, uint64_t start, uint64_t end);
