/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-bars.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

/* IORESOURCE_MEM of the kernel, as its "resource" file shows flags. */
#define FLAG_MEMORY 0x200

static void read_one(const struct host_root *root, struct pci_bars *bars)
{
	const struct pci_addr_text addr = pci_addr_text(bars->addr);
	_cleanup_free_ char *text = NULL;
	char path[128], *rest, *line;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/resource", addr.text);
	if (host_read(root, path, &text) < 0)
		return;
	rest = text;
	for (int i = 0; i < PCI_BAR_COUNT && (line = strsep(&rest, "\n")); i++) {
		uint64_t start, end, flags;

		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64, &start, &end, &flags) != 3 ||
		    !(flags & FLAG_MEMORY) || end <= start)
			continue;
		bars->items[i].start = start;
		bars->items[i].end = end;
		/* Reading it would wake a sleeping device; that it is there tells enough. */
		snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/resource%d_resize", addr.text,
			 i);
		bars->items[i].resizable = host_has(root, path);
	}
}

void pci_bars_read(const struct host_root *root, const struct pci_addr *addrs, size_t count,
		   struct pci_bars_list *ret)
{
	*ret = (struct pci_bars_list){ xcalloc(count, sizeof(*ret->items)), count };
	for (size_t i = 0; i < count; i++) {
		ret->items[i].addr = addrs[i];
		read_one(root, &ret->items[i]);
	}
}

void pci_bars_release(struct pci_bars_list *list)
{
	free(list->items);
	*list = (struct pci_bars_list){ 0 };
}

static int compare_bars(const void *a, const void *b)
{
	return pci_addr_compare(((const struct pci_bars *)a)->addr,
				((const struct pci_bars *)b)->addr);
}

const struct pci_bars *pci_bars_find(const struct pci_bars_list *list, struct pci_addr addr)
{
	const struct pci_bars key = { .addr = addr };

	if (list->count == 0)
		return NULL;
	return bsearch(&key, list->items, list->count, sizeof(key), compare_bars);
}

int pci_bars_overlap(const struct pci_bars *bars, uint64_t start, uint64_t end)
{
	for (int i = 0; i < PCI_BAR_COUNT; i++)
		if (bars->items[i].end > 0 && start <= bars->items[i].end &&
		    end >= bars->items[i].start)
			return i;
	return -1;
}
