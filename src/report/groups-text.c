/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/groups-text.h"

#include <string.h>

#include "base/alloc.h"
#include "host/pci-config.h"
#include "policy/target.h"

#define RED   "\033[31;1m"
#define PLAIN "\033[0m"

static const char unreadable[] = "because configuration space cannot be read (that takes root, and "
				 "devices that are powered up)";

/* What all lines have in common. */
struct page {
	FILE *out;
	const struct prediction *prediction;
	const struct host *host;
	int address_width, driver_width;
	bool color;
	enum reason_code *told; /* for each function as a cause: what was last said of it */
};

static struct page page_of(FILE *out, const struct prediction *prediction, bool color)
{
	const struct host *host = prediction->tree.host;
	struct page page = { .out = out, .prediction = prediction, .host = host, .color = color };

	page.told = xcalloc(host->functions.count, sizeof(*page.told));
	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];
		int address = (int)strlen(pci_addr_text(f->addr).text);
		int driver = f->driver ? (int)strlen(f->driver) : 1;

		page.address_width = address > page.address_width ? address : page.address_width;
		page.driver_width = driver > page.driver_width ? driver : page.driver_width;
	}
	return page;
}

/* "  0000:01:00.0  1002:5159  radeon  VGA compatible controller: ..." */
static void print_member(const struct page *page, const struct pci_function *f)
{
	char class[128], vendor[128], device[128];

	pci_config_class_name(page->host->config, f->class, class, sizeof(class));
	pci_config_vendor_name(page->host->config, f->vendor, vendor, sizeof(vendor));
	pci_config_device_name(page->host->config, f->vendor, f->device, device, sizeof(device));
	fprintf(page->out, "  %-*s  %04x:%04x  %-*s  %s: %s%s%s\n", page->address_width,
		pci_addr_text(f->addr).text, f->vendor, f->device, page->driver_width,
		f->driver ? f->driver : "-", *class ? class : "Device", vendor, *vendor ? " " : "",
		*device ? device : "(not in pci.ids)");
}

/* A reason that several members share is said once; told remembers the last code of each cause. */
static void print_reasons(const struct page *page, const size_t *members, size_t count)
{
	const struct prediction *prediction = page->prediction;

	for (size_t i = 0; i < count; i++) {
		const struct group_reason *reason = &prediction->reasons[members[i]];
		_cleanup_free_ char *text = NULL;

		if (reason->code == REASON_NONE || page->told[reason->cause] == reason->code)
			continue;
		page->told[reason->cause] = reason->code;
		text = prediction_reason_text(prediction, members[i]);
		fprintf(page->out, "    why: %s\n", text);
	}
}

static size_t index_of(const struct page *page, const struct pci_function *f)
{
	return (size_t)(f - page->host->functions.items);
}

/*
 * A predicted reason holds for the kernel's group too if its cause is in that. A cause's own word
 * is left to those that are there because of it.
 */
static bool holds_in_group(const struct page *page, const struct iommu_group *group, size_t member)
{
	const struct group_reason *reason = &page->prediction->reasons[member];

	if (reason->code == REASON_NONE || reason->code == REASON_UNKNOWN)
		return false;
	if (reason->cause == member)
		return reason->code == REASON_QUIRK_GRANTS;
	return page->host->functions.items[reason->cause].iommu_group == group->id;
}

static void print_group_reasons(const struct page *page, const struct iommu_group *group)
{
	_cleanup_free_ size_t *members = xcalloc(group->member_count, sizeof(*members));
	size_t count = 0;

	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&page->host->functions, group->members[i]);

		if (f && holds_in_group(page, group, index_of(page, f)))
			members[count++] = index_of(page, f);
	}
	print_reasons(page, members, count);
}

static void print_viability(const struct page *page, const struct iommu_group *group)
{
	bool viable = true;

	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&page->host->functions, group->members[i]);

		if (!f || driver_leaves_group_viable(f->driver))
			continue;
		if (viable)
			fprintf(page->out, "%snot viable%s: held by the host: ",
				page->color ? RED : "", page->color ? PLAIN : "");
		fprintf(page->out, "%s%s (%s)", viable ? "" : ", ", pci_addr_text(f->addr).text,
			f->driver);
		viable = false;
	}
	fputs(viable ? "viable\n" : "\n", page->out);
}

static void print_group(const struct page *page, const struct iommu_group *group)
{
	fprintf(page->out, "group %d (%s): ", group->id,
		group->type ? group->type : "type unknown");
	print_viability(page, group);
	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&page->host->functions, group->members[i]);

		if (f)
			print_member(page, f);
	}
	print_group_reasons(page, group);
	for (size_t i = 0; i < group->reserved.count; i++)
		fprintf(page->out, "    reserved: %s\n", group->reserved.items[i]);
}

static void print_left_out(const struct page *page)
{
	for (size_t i = 0; i < page->host->functions.count; i++)
		if (page->prediction->group_of[i] == NO_GROUP)
			fprintf(page->out, "no group, because no IOMMU covers it: %s\n",
				pci_addr_text(page->host->functions.items[i].addr).text);
}

static void print_blank_line(const struct page *page, size_t group)
{
	if (group > 0)
		fputc('\n', page->out);
}

void text_groups(FILE *out, const struct prediction *prediction, bool color)
{
	const struct page page = page_of(out, prediction, color);
	const struct iommu *iommu = &page.host->iommu;

	if (iommu->group_count == 0)
		fprintf(out, "%s: there are no groups; --predict shows what they would be\n",
			iommu->active ? "the IOMMU covers no device" : "no IOMMU is active");
	for (size_t i = 0; i < iommu->group_count; i++) {
		print_blank_line(&page, i);
		print_group(&page, &iommu->groups[i]);
	}
	if (iommu->group_count > 0) {
		print_left_out(&page);
		if (!prediction->complete)
			fprintf(out, "not every reason is known, %s\n", unreadable);
	}
	free(page.told);
}

void text_prediction(FILE *out, const struct prediction *prediction, bool color)
{
	static const char *const verdicts[] = {
		[PREDICTION_UNKNOWN] = "there is nothing to compare it with",
		[PREDICTION_DIFFERS] = "the kernel's groups differ from it, and only those count",
		[PREDICTION_MATCHES] = "the kernel's groups are the same",
	};
	const struct page page = page_of(out, prediction, color);
	enum prediction_match match = prediction_compare(prediction);

	for (size_t g = 0; g < prediction->group_count; g++) {
		const struct predicted_group *group = &prediction->groups[g];

		print_blank_line(&page, g);
		fprintf(out, "predicted group %zu:\n", g + 1);
		for (size_t i = 0; i < group->count; i++)
			print_member(&page, &page.host->functions.items[group->members[i]]);
		print_reasons(&page, group->members, group->count);
	}
	print_left_out(&page);
	if (prediction->complete)
		fprintf(out, "prediction: %s\n", verdicts[match]);
	else
		fprintf(out, "prediction: incomplete, %s\n", unreadable);
	free(page.told);
}
