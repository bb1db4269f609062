/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-roms.h"

#include "base/alloc.h"

void pci_roms_add(struct pci_roms *roms, struct pci_addr addr, char *data, size_t size)
{
	ARRAY_GROW(roms->items, roms->count);
	roms->items[roms->count++] = (struct pci_rom){ .addr = addr, .data = data, .size = size };
}

void pci_roms_release(struct pci_roms *roms)
{
	for (size_t i = 0; i < roms->count; i++)
		free(roms->items[i].data);
	free(roms->items);
	*roms = (struct pci_roms){ 0 };
}
