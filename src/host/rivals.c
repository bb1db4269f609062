/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rivals.h"

#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

static const char driverctl_what[] = "what driverctl does with the device";

static void read_driverctl(const struct host_root *root, struct rivals *rivals,
			   struct unknowns *unknowns)
{
	struct strv names = { 0 };
	int r = host_list(root, NAME_DRIVERCTL_DIR, &names);

	if (r < 0)
		unknowns_add(unknowns, NAME_DRIVERCTL_DIR, r, driverctl_what);
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_DRIVERCTL_DIR "/%s", names.items[i]);
		struct driverctl_override override = { 0 };
		struct error ignored;
		ssize_t len;

		if (strncmp(names.items[i], "pci-", 4) != 0 ||
		    pci_addr_parse(names.items[i] + 4, &override.addr, NULL, &ignored) < 0)
			continue;
		len = host_read(root, path, &override.driver);
		if (len < 0) {
			unknowns_add(unknowns, path, (int)len, driverctl_what);
			continue;
		}
		override.driver[strcspn(override.driver, "\n")] = '\0';
		ARRAY_GROW(rivals->overrides, rivals->override_count);
		rivals->overrides[rivals->override_count++] = override;
	}
	strv_release(&names);
}

void rivals_read(const struct host_root *root, const struct platform *platform, struct rivals *ret,
		 struct unknowns *unknowns)
{
	struct rivals kept = { .uses = ret->uses, .use_count = ret->use_count };

	ret->uses = NULL;
	ret->use_count = 0;
	rivals_release(ret);
	*ret = kept;
	modprobe_config_read(root, platform, ret, unknowns);
	read_driverctl(root, ret, unknowns);
}

void rivals_release(struct rivals *rivals)
{
	for (size_t i = 0; i < rivals->ids_count; i++)
		free(rivals->ids[i].where);
	for (size_t i = 0; i < rivals->softdep_count; i++) {
		free(rivals->softdeps[i].where);
		free(rivals->softdeps[i].module);
	}
	for (size_t i = 0; i < rivals->override_count; i++)
		free(rivals->overrides[i].driver);
	free(rivals->ids);
	free(rivals->softdeps);
	free(rivals->overrides);
	libvirt_uses_release(rivals);
	*rivals = (struct rivals){ 0 };
}

bool ids_claim_fits(const struct ids_claim *claim, const struct pci_function *function)
{
	return claim->vendor == function->vendor && claim->device == function->device &&
	       (claim->subsystem_vendor == 0xffff ||
		claim->subsystem_vendor == function->subsystem_vendor) &&
	       (claim->subsystem_device == 0xffff ||
		claim->subsystem_device == function->subsystem_device) &&
	       ((claim->class ^ function->class) & claim->class_mask) == 0;
}
