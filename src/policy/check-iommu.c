/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/check.h"

void check_iommu(const struct host *host, const struct targets *targets,
		 struct finding_list *findings)
{
	if (!host->iommu.active && !host->iommu.has_groups) {
		check_iommu_off(host, findings);
		return;
	}
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i]->iommu_group < 0 && !pci_function_is_bridge(targets->items[i]))
			check_no_group(host, targets->items[i], findings);
	if (host->iommu.remapping == REMAPPING_OFF && !host->iommu.unsafe_interrupts)
		finding_add(findings, FINDING_NO_INTERRUPT_REMAPPING, "iommu",
			    xstrdup("interrupt remapping is off: a guest with the device could "
				    "inject interrupts into the host, and vfio refuses that"),
			    xstrdup("take intremap=off off the kernel command line or enable it in "
				    "the firmware; for guests you trust wholly, set "
				    "vfio_iommu_type1 allow_unsafe_interrupts=1"));
}

/* "0000:02:00.0 (e1000e), 0000:03:00.0 (xhci_hcd)" */
static char *list_blockers(const struct host *host, const struct targets *targets,
			   const struct iommu_group *group, bool *only_bridges)
{
	char *list = NULL;
	size_t size;
	FILE *out = xopen_memstream(&list, &size);
	bool any = false;

	*only_bridges = true;
	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&host->functions, group->members[i]);

		if (!f || driver_leaves_group_viable(f->driver) || targets_have(targets, f->addr))
			continue;
		fprintf(out, "%s%s (%s)", any ? ", " : "", pci_addr_text(f->addr).text, f->driver);
		*only_bridges &= pci_function_is_bridge(f);
		any = true;
	}
	fclose(out);
	if (any)
		return list;
	free(list);
	return NULL;
}

static void check_group(const struct host *host, const struct targets *targets,
			const struct iommu_group *group, struct finding_list *findings)
{
	_cleanup_free_ char *blockers = NULL, *subject = xasprintf("group %d", group->id);
	bool only_bridges;

	blockers = list_blockers(host, targets, group, &only_bridges);
	if (blockers)
		finding_add(findings, FINDING_GROUP_NOT_VIABLE, subject,
			    xasprintf("host drivers hold other members of this IOMMU group: %s",
				      blockers),
			    xstrdup(only_bridges ? "unbind that driver from the bridge first"
						 : "--group takes these from the host as well, if "
						   "it can do without them"));
	if (group->has_direct)
		finding_add(findings, FINDING_RESERVED_DIRECT, subject,
			    xstrdup("the firmware reserves memory that this group must keep "
				    "reaching (a \"direct\" region), so the kernel will not let a "
				    "guest have it"),
			    xstrdup("look for a firmware update or a set-up option that releases "
				    "the device; there is no safe way around it"));
}

void check_groups(const struct host *host, const struct targets *targets,
		  struct finding_list *findings)
{
	_cleanup_free_ bool *seen = xcalloc(host->iommu.group_count, sizeof(*seen));

	for (size_t i = 0; i < targets->count; i++) {
		const struct iommu_group *group =
			iommu_find_group(&host->iommu, targets->items[i]->iommu_group);

		if (!group || seen[group - host->iommu.groups])
			continue;
		seen[group - host->iommu.groups] = true;
		check_group(host, targets, group, findings);
	}
}
