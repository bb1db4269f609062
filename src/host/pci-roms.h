/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "host/pci-addr.h"

/* The option ROM of a function. Reading one takes a write, so that others fill this list. */
struct pci_rom {
	struct pci_addr addr;
	char *data; /* owned; NULL: the function has no ROM */
	size_t size;
};

struct pci_roms {
	struct pci_rom *items;
	size_t count;
};

/* Takes data. */
void pci_roms_add(struct pci_roms *roms, struct pci_addr addr, char *data, size_t size);
void pci_roms_release(struct pci_roms *roms);
