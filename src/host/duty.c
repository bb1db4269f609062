/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/duty.h"

#include <string.h>

#include "base/alloc.h"
#include "host/sysfs-path.h"

#define DEPTH_MAX 64

static void add(struct duties *duties, struct pci_addr addr, bool network, const char *what)
{
	for (size_t i = 0; i < duties->count; i++)
		if (pci_addr_compare(duties->items[i].addr, addr) == 0 &&
		    strcmp(duties->items[i].what, what) == 0)
			return;
	ARRAY_GROW(duties->items, duties->count);
	duties->items[duties->count++] = (struct duty){ addr, network, xstrdup(what) };
}

void duties_add_path(struct duties *duties, const struct host_root *root, const char *link,
		     bool network, const char *what)
{
	struct pci_addr addrs[DEPTH_MAX];
	int count = sysfs_path_functions(root, link, addrs, DEPTH_MAX);

	for (int i = 0; i < count; i++)
		add(duties, addrs[i], network, what);
}

void duties_release(struct duties *duties)
{
	for (size_t i = 0; i < duties->count; i++)
		free(duties->items[i].what);
	free(duties->items);
	*duties = (struct duties){ 0 };
}
