/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/claim-new.h"

#include "base/alloc.h"

char *claim_default_name(const struct pci_function *f)
{
	char *name = xasprintf("%s-%s", pci_function_is_display(f) ? "gpu" : "pci",
			       pci_addr_text(f->addr).text);

	for (char *c = name; *c; c++)
		if (*c == ':')
			*c = '-';
	return name;
}

const struct finding *claim_first_refusal(const struct finding_list *findings,
					  const struct strv *allow)
{
	for (size_t i = 0; i < findings->count; i++) {
		enum finding_id id = findings->items[i].id;

		if ((id == FINDING_NOT_AN_ENDPOINT || id == FINDING_BOOT_GPU ||
		     id == FINDING_BOOT_FRAMEBUFFER || id == FINDING_ROOT_STORAGE_OR_NETWORK) &&
		    !strv_has(allow, finding_kinds[id].id))
			return &findings->items[i];
	}
	return NULL;
}

bool claim_takes_screen(const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].id == FINDING_BOOT_GPU ||
		    findings->items[i].id == FINDING_BOOT_FRAMEBUFFER)
			return true;
	return false;
}
