/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The PCI address of a function: domain, bus, device, function. */
struct pci_addr {
	uint32_t domain; /* up to 8 hex digits: VMD domains start at 10000 */
	uint8_t bus;
	uint8_t device;   /* 0-1f */
	uint8_t function; /* 0-7 */
};

/* "ffffffff:ff:1f.7" and the NUL */
#define PCI_ADDR_TEXT 17

/* Lets an address be printed where it stands: printf("%s", pci_addr_text(a).text). */
struct pci_addr_text {
	char text[PCI_ADDR_TEXT];
};

struct pci_addr_text pci_addr_text(struct pci_addr addr);

/* Orders by domain, bus, device, function, as lspci does. */
int pci_addr_compare(struct pci_addr a, struct pci_addr b);
bool pci_addr_same_slot(struct pci_addr a, struct pci_addr b);

/*
 * "01:00.0", "0000:01:00.0" or a longer domain, and where whole_slot is not NULL also "01:00",
 * which sets it. Returns 0, or -EINVAL with a message that quotes the text.
 */
int pci_addr_parse(const char *text, struct pci_addr *ret, bool *whole_slot, struct error *err)
	_must_check_;

/* "vvvv:dddd", vendor and device id. Returns 0 or -EINVAL. */
int pci_ids_parse(const char *text, uint16_t *vendor, uint16_t *device) _must_check_;
