/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysfs-path.h"

#include <errno.h>
#include <string.h>

#include "host/files.h"

/* More bridges than a topology has. */
#define DEPTH_MAX 64

int sysfs_path_functions(const struct host_root *root, const char *link, struct pci_addr *ret,
			 int max)
{
	char target[4096], *rest = target, *part;
	struct error ignored;
	int count = 0, r;

	r = host_readlink(root, link, target, sizeof(target));
	if (r < 0)
		return r;
	while (count < max && (part = strsep(&rest, "/")))
		if (pci_addr_parse(part, &ret[count], NULL, &ignored) == 0)
			count++;
	return count;
}

int sysfs_path_function(const struct host_root *root, const char *link, struct pci_addr *ret)
{
	struct pci_addr addrs[DEPTH_MAX];
	int count = sysfs_path_functions(root, link, addrs, DEPTH_MAX);

	if (count <= 0)
		return count < 0 ? count : -ENODEV;
	*ret = addrs[count - 1];
	return 0;
}
