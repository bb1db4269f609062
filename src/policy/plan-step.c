/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/plan-step.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

struct step *plan_step(struct step_list *list, enum step_kind kind, const char *subject,
		       const char *from, const char *to)
{
	struct step step = { .kind = kind };

	snprintf(step.subject, sizeof(step.subject), "%s", subject);
	snprintf(step.from, sizeof(step.from), "%s", from ? from : "");
	snprintf(step.to, sizeof(step.to), "%s", to ? to : "");
	ARRAY_GROW(list->items, list->count);
	list->items[list->count] = step;
	return &list->items[list->count++];
}

struct step *plan_device_step(struct step_list *list, enum step_kind kind, struct pci_addr addr,
			      const char *from, const char *to)
{
	struct step *step = plan_step(list, kind, pci_addr_text(addr).text, from, to);

	step->addr = addr;
	return step;
}

bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}
