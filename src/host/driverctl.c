/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "host/files.h"
#include "host/names.h"
#include "host/rivals.h"

static const char what[] = "what driverctl does with the device";

/* "pci-0000:01:00.0"; before there were other buses, "0000:01:00.0". */
static bool parse_name(const char *name, struct pci_addr *ret)
{
	struct error ignored;

	return pci_addr_parse(strncmp(name, "pci-", 4) == 0 ? name + 4 : name, ret, NULL,
			      &ignored) == 0;
}

static void read_override(const struct host_root *root, const char *name, struct rivals *rivals,
			  struct unknowns *unknowns)
{
	_cleanup_free_ char *path = xasprintf(NAME_DRIVERCTL_DIR "/%s", name);
	struct driverctl_override override = { .file = xasprintf("/%s", path) };
	ssize_t len;

	printable(override.file);
	if (!parse_name(name, &override.addr)) {
		strv_add(&rivals->other_overrides, override.file);
		free(override.file);
		return;
	}
	len = host_read(root, path, &override.driver);
	if (len < 0) {
		rivals_add_unread(rivals, unknowns, path, (int)len, what);
		free(override.file);
		return;
	}
	override.driver[strcspn(override.driver, "\n")] = '\0';
	printable(override.driver);
	ARRAY_GROW(rivals->overrides, rivals->override_count);
	rivals->overrides[rivals->override_count++] = override;
}

bool driverctl_gives_to_vfio(const struct driverctl_override *override)
{
	return strcmp(override->driver, DRIVER_VFIO_PCI) == 0;
}

void driverctl_read(const struct host_root *root, struct rivals *rivals, struct unknowns *unknowns)
{
	struct strv names = { 0 };
	int r = host_list(root, NAME_DRIVERCTL_DIR, &names);

	if (r < 0)
		rivals_add_unread(rivals, unknowns, NAME_DRIVERCTL_DIR, r, what);
	for (size_t i = 0; r == 0 && i < names.count; i++)
		read_override(root, names.items[i], rivals, unknowns);
	strv_release(&names);
}
