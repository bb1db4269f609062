/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/assess.h"

#include "policy/check.h"

static const struct {
	unsigned int purposes;
	void (*run)(const struct host *host, const struct targets *targets,
		    struct finding_list *findings);
} checks[] = {
	{ ASSESS_BIND | ASSESS_CHECK, check_iommu },
	{ ASSESS_BIND | ASSESS_CHECK, check_modules },
	{ ASSESS_BIND | ASSESS_CHECK, check_groups },
	{ ASSESS_BIND | ASSESS_CHECK, check_devices },
	{ ASSESS_BIND | ASSESS_CHECK, check_boot_framebuffer },
	{ ASSESS_BIND | ASSESS_CHECK, check_console },
	{ ASSESS_UNBIND, check_lost_framebuffer },
	{ ASSESS_BIND | ASSESS_CHECK, check_duties },
	{ ASSESS_BIND | ASSESS_CHECK, check_reset },
	{ ASSESS_BIND | ASSESS_CHECK, check_unknowns },
	{ ASSESS_BIND | ASSESS_UNBIND | ASSESS_CHECK, check_locks },
	{ ASSESS_BIND | ASSESS_UNBIND | ASSESS_CHECK, check_holders },
	{ ASSESS_BIND | ASSESS_CHECK, check_kernel_holders },
	{ ASSESS_CHECK, check_isolation },
	{ ASSESS_CHECK, check_cards },
	{ ASSESS_CHECK, check_roms },
	{ ASSESS_CHECK, check_driver_modules },
	{ ASSESS_CHECK, check_guest_means },
	{ ASSESS_BIND | ASSESS_UNBIND | ASSESS_CHECK, check_libvirt },
	{ ASSESS_CHECK, check_rivals },
	{ ASSESS_CHECK, check_claims },
	{ ASSESS_CHECK, check_kernel_settings },
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
