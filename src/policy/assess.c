/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/assess.h"

#include "policy/check.h"

static const struct {
	unsigned int purposes;
	void (*run)(const struct host *host, const struct targets *targets,
		    struct finding_list *findings);
} checks[] = {
	{ ASSESS_BIND, check_iommu },
	{ ASSESS_BIND, check_modules },
	{ ASSESS_BIND, check_groups },
	{ ASSESS_BIND, check_devices },
	{ ASSESS_BIND | ASSESS_UNBIND, check_locks },
	{ ASSESS_BIND | ASSESS_UNBIND, check_holders },
};

void assess(const struct host *host, const struct targets *targets, enum assess_purpose purpose,
	    struct finding_list *findings)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i].purposes & purpose)
			checks[i].run(host, targets, findings);
	finding_list_sort(findings);
}

const struct finding *assess_first_block(const struct finding_list *findings,
					 const struct strv *allow)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding_kind *kind = &finding_kinds[findings->items[i].id];

		if (kind->severity == SEVERITY_BLOCK && !strv_has(allow, kind->id))
			return &findings->items[i];
	}
	return NULL;
}
