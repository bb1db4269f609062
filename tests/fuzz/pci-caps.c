/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a function's configuration space holds, and wherever it ends, the walk through its
 * capabilities does. The input is what libpci would read.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "host/pci-caps.h"
#include "host/pci-config.h"

#define EXTENDED_SPACE 4096

static const uint8_t *space;
static size_t space_size;

/* In place of the one that asks libpci. */
int pci_config_read(struct pci_config *config, struct pci_addr addr, unsigned int offset, void *buf,
		    unsigned int len)
{
	(void)config;
	(void)addr;
	check(offset + len <= EXTENDED_SPACE);
	if (offset + len > space_size)
		return -EIO;
	memcpy(buf, space + offset, len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct host_root root = { .fd = -1, .path = "" };
	struct pci_function function = { 0 };
	const struct pci_functions functions = { &function, 1 };
	struct pci_caps *caps;

	space = data;
	space_size = size;
	if (size >= 4) {
		function.vendor = (uint16_t)(data[0] | data[1] << 8);
		function.device = (uint16_t)(data[2] | data[3] << 8);
	}
	caps = pci_caps_read(&root, NULL, &functions);
	check(caps->known || !caps->pcie);
	check(caps->pcie || caps->acs != ACS_CAPABILITY_PRESENT);
	check(caps->acs == ACS_CAPABILITY_PRESENT || (caps->acs_bits == 0 && caps->acs_control == 0));
	free(caps);
	return 0;
}
