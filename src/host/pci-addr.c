/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-addr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

struct pci_addr_text pci_addr_text(struct pci_addr addr)
{
	struct pci_addr_text t;

	snprintf(t.text, sizeof(t.text), "%04x:%02x:%02x.%x", addr.domain, addr.bus,
		 addr.device & 0x1fU, addr.function & 7U);
	return t;
}

int pci_addr_compare(struct pci_addr a, struct pci_addr b)
{
	if (a.domain != b.domain)
		return a.domain < b.domain ? -1 : 1;
	if (a.bus != b.bus)
		return a.bus - b.bus;
	if (a.device != b.device)
		return a.device - b.device;
	return a.function - b.function;
}

bool pci_addr_same_slot(struct pci_addr a, struct pci_addr b)
{
	return a.domain == b.domain && a.bus == b.bus && a.device == b.device;
}

/* Cut the text at its last separator and parse what stands behind it. */
static int take_last(char *text, char separator, size_t min_digits, size_t max_digits,
		     uint64_t max, uint64_t *ret)
{
	char *at = strrchr(text, separator);
	int r;

	if (!at)
		return -EINVAL;
	r = parse_hex(at + 1, min_digits, max_digits, ret);
	*at = '\0';
	return r < 0 || *ret > max ? -EINVAL : 0;
}

static int parse(const char *text, struct pci_addr *ret, bool *whole_slot)
{
	char copy[PCI_ADDR_TEXT];
	uint64_t domain = 0, bus, device, function = 0;
	bool has_function = strchr(text, '.');
	size_t len = strnlen(text, sizeof(copy));

	if (len >= sizeof(copy) || (!has_function && !whole_slot))
		return -EINVAL;
	memcpy(copy, text, len + 1);
	if (has_function && take_last(copy, '.', 1, 1, 7, &function) < 0)
		return -EINVAL;
	if (take_last(copy, ':', 2, 2, 0x1f, &device) < 0)
		return -EINVAL;
	if (strchr(copy, ':')) {
		if (take_last(copy, ':', 2, 2, 0xff, &bus) < 0 || parse_hex(copy, 4, 8, &domain) < 0)
			return -EINVAL;
	} else if (parse_hex(copy, 2, 2, &bus) < 0) {
		return -EINVAL;
	}
	*ret = (struct pci_addr){ (uint32_t)domain, (uint8_t)bus, (uint8_t)device,
				  (uint8_t)function };
	if (whole_slot)
		*whole_slot = !has_function;
	return 0;
}

int pci_addr_parse(const char *text, struct pci_addr *ret, bool *whole_slot, struct error *err)
{
	if (parse(text, ret, whole_slot) == 0)
		return 0;
	return error_set(err, -EINVAL,
			 "%.64s%s: not a PCI address: write it as lspci -D does, e.g. 0000:01:00.0",
			 text, strnlen(text, 65) > 64 ? "..." : "");
}

int pci_ids_parse(const char *text, uint16_t *vendor, uint16_t *device)
{
	uint64_t a, b;
	char copy[5];

	if (strnlen(text, 10) != 9 || text[4] != ':')
		return -EINVAL;
	memcpy(copy, text, 4);
	copy[4] = '\0';
	if (parse_hex(copy, 4, 4, &a) < 0 || parse_hex(text + 5, 4, 4, &b) < 0)
		return -EINVAL;
	*vendor = (uint16_t)a;
	*device = (uint16_t)b;
	return 0;
}
