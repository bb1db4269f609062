/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/group-picture.h"

#include <string.h>

#include "base/alloc.h"
#include "report/device-name.h"

#define COLUMNS 79

static const char *mark_of(const struct targets *targets, const struct pci_function *f)
{
	if (targets_have(targets, f->addr))
		return "*";
	return driver_leaves_group_viable(f->driver) ? " " : "!";
}

/* indent, branch, mark, address, driver and as much of the name as there is room for */
static void draw(FILE *out, const struct host *host, int indent, const char *branch,
		 const char *mark, const struct pci_function *f)
{
	_cleanup_free_ char *name = device_short_name(host, f);
	int used = fprintf(out, "%*s%s%s %s  %-13s  ", indent, "", branch, mark,
			   pci_addr_text(f->addr).text, f->driver ? f->driver : "-");

	fprintf(out, "%.*s\n", used < COLUMNS ? COLUMNS - used : 0, name);
}

/* From the root bus down; returns the indent of what is below the last one. */
static int draw_bridges(FILE *out, const struct host *host, const struct pci_function *f)
{
	const struct pci_function *bridge =
		f->has_parent ? pci_functions_find(&host->functions, f->parent) : NULL;
	int indent;

	if (!bridge)
		return 0;
	indent = draw_bridges(out, host, bridge);
	draw(out, host, indent, indent ? "`-" : "", " ", bridge);
	return indent + 2;
}

static void draw_targets(FILE *out, const struct host *host, int indent,
			 const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		draw(out, host, indent, i + 1 < targets->count ? "|-" : "`-", "*",
		     targets->items[i]);
}

/* Members in the group; a bridge above is one, too, where it has merged what is below it. */
static void draw_group(FILE *out, const struct host *host, int indent,
		       const struct targets *targets, const struct iommu_group *group)
{
	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&host->functions, group->members[i]);

		if (f)
			draw(out, host, indent, i + 1 < group->member_count ? "|-" : "`-",
			     mark_of(targets, f), f);
	}
}

void text_group_picture(FILE *out, const struct host *host, const struct targets *targets,
			const struct pci_function *gpu)
{
	const struct iommu_group *group = iommu_find_group(&host->iommu, gpu->iommu_group);
	int indent = draw_bridges(out, host, gpu);

	if (group) {
		fprintf(out, "%*s`- IOMMU group %d\n", indent, "", group->id);
		draw_group(out, host, indent + 3, targets, group);
	} else {
		fprintf(out, "%*s`- no IOMMU group\n", indent, "");
		draw_targets(out, host, indent + 3, targets);
	}
	fputs("* is for the guest", out);
	for (size_t i = 0; group && i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&host->functions, group->members[i]);

		if (f && strcmp(mark_of(targets, f), "!") == 0) {
			fputs(", ! is the host's and in the way", out);
			break;
		}
	}
	fputs("\n", out);
}
