/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address or pair of ids is refused, or says the same when it is printed and read again. */
#include <stdio.h>

#include "fuzz.h"
#include "host/pci-addr.h"

static void check_addr(const char *text, bool *whole_slot)
{
	struct pci_addr addr = { 0 }, again;
	struct error err;

	if (pci_addr_parse(text, &addr, whole_slot, &err) < 0)
		return;
	check(addr.device < 32 && addr.function < 8);
	check(pci_addr_parse(pci_addr_text(addr).text, &again, NULL, &err) == 0);
	check(pci_addr_compare(addr, again) == 0);
}

static void check_ids(const char *text)
{
	uint16_t vendor, device, vendor_again, device_again;
	char printed[10];

	if (pci_ids_parse(text, &vendor, &device) < 0)
		return;
	snprintf(printed, sizeof(printed), "%04x:%04x", vendor, device);
	check(pci_ids_parse(printed, &vendor_again, &device_again) == 0);
	check(vendor == vendor_again && device == device_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	bool whole_slot = false;

	check_addr(text, NULL);
	check_addr(text, &whole_slot);
	check_ids(text);
	return 0;
}
