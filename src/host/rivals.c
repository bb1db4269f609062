/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rivals.h"

#include <errno.h>

#include "base/alloc.h"

void rivals_add_unread(struct rivals *rivals, struct unknowns *unknowns, const char *path, int error,
		       const char *what)
{
	struct error err;

	unknowns_add(unknowns, path, error, what);
	if (error == -ENOENT || error == -ENOTDIR)
		return;
	error_errno(&err, error, "/%s: cannot be read", path);
	strv_add(&rivals->problems, err.msg);
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
	driverctl_read(root, ret, unknowns);
}

void rivals_release(struct rivals *rivals)
{
	for (size_t i = 0; i < rivals->source_count; i++) {
		free(rivals->sources[i].where);
		free(rivals->sources[i].word);
	}
	for (size_t i = 0; i < rivals->ids_count; i++)
		free(rivals->ids[i].text);
	for (size_t i = 0; i < rivals->softdep_count; i++) {
		free(rivals->softdeps[i].where);
		free(rivals->softdeps[i].module);
	}
	for (size_t i = 0; i < rivals->override_count; i++) {
		free(rivals->overrides[i].file);
		free(rivals->overrides[i].driver);
	}
	free(rivals->sources);
	free(rivals->ids);
	free(rivals->softdeps);
	free(rivals->overrides);
	strv_release(&rivals->other_overrides);
	strv_release(&rivals->problems);
	libvirt_uses_release(rivals);
	*rivals = (struct rivals){ 0 };
}

bool rivals_give_to_vfio(const struct rivals *rivals, const struct pci_function *function)
{
	for (size_t i = 0; i < rivals->ids_count; i++)
		if (ids_claim_gives(rivals, &rivals->ids[i], function))
			return true;
	for (size_t i = 0; i < rivals->override_count; i++)
		if (driverctl_gives_to_vfio(&rivals->overrides[i]) &&
		    pci_addr_compare(rivals->overrides[i].addr, function->addr) == 0)
			return true;
	return false;
}
