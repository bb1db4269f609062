/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/groups-text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/wrap.h"
#include "policy/target.h"
#include "report/color.h"
#include "report/device-name.h"

static const char unreadable[] = "because configuration space cannot be read (that takes root, and "
				 "devices that are powered up)";

/* What all lines have in common. */
struct page {
	FILE *out;
	const struct prediction *prediction;
	const struct host *host;
	int address_width, driver_width;
	bool color;
	size_t width; /* see put_wrapped() */
	enum reason_code *told; /* for each function as a cause: what was last said of it */
	const struct what_if *what_if, *what_if_end; /* those that have not been printed */
};

static struct page page_of(FILE *out, const struct prediction *prediction, bool color)
{
	const struct host *host = prediction->tree.host;
	struct page page = { .out = out, .prediction = prediction, .host = host, .color = color,
			     .width = terminal_width(out) };

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
	char name[400];
	int column = fprintf(page->out, "  %-*s  %04x:%04x  %-*s  ", page->address_width,
			     pci_addr_text(f->addr).text, f->vendor, f->device,
			     page->driver_width, f->driver ? f->driver : "-");

	device_name(page->host, f, name, sizeof(name));
	put_wrapped(page->out, page->width, (size_t)column, 6, name);
	fputc('\n', page->out);
}

/* Below a member. */
static void print_remark(const struct page *page, const char *text)
{
	fprintf(page->out, "%4s", "");
	put_wrapped(page->out, page->width, 4, 6, text);
	fputc('\n', page->out);
}

static void print_what_if(struct page *page)
{
	_cleanup_free_ char *text = what_if_text(page->prediction, page->what_if++);

	print_remark(page, text);
}

/* A reason that several members share is said once; told remembers the last code of each cause. */
static void print_reasons(struct page *page, const size_t *members, size_t count)
{
	const struct prediction *prediction = page->prediction;

	for (size_t i = 0; i < count; i++) {
		const struct group_reason *reason = &prediction->reasons[members[i]];
		_cleanup_free_ char *reason_text = NULL, *text = NULL;

		if (reason->code == REASON_NONE || page->told[reason->cause] == reason->code)
			continue;
		page->told[reason->cause] = reason->code;
		reason_text = prediction_reason_text(prediction, members[i]);
		text = xasprintf("why: %s", reason_text);
		print_remark(page, text);
		if (page->what_if < page->what_if_end && page->what_if->device == reason->cause)
			print_what_if(page);
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
		return reason_is_vouched(reason->code);
	return page->host->functions.items[reason->cause].iommu_group == group->id;
}

static void print_group_reasons(struct page *page, const struct iommu_group *group)
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

/* " while the host has ADDRESS (DRIVER), ...", to be freed; NULL: it is viable. */
static char *viability_text(const struct page *page, const struct iommu_group *group)
{
	char *text = NULL;

	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f =
			pci_functions_find(&page->host->functions, group->members[i]);
		char *more;

		if (!f || driver_leaves_group_viable(f->driver))
			continue;
		more = xasprintf("%s%s%s (%s)", text ? text : " while the host has ",
				 text ? ", " : "", pci_addr_text(f->addr).text, f->driver);
		free(text);
		text = more;
	}
	return text;
}

static void print_viability(const struct page *page, const struct iommu_group *group, int column)
{
	static const char not[] = "not viable";
	_cleanup_free_ char *text = viability_text(page, group);

	if (!text) {
		fputs("viable\n", page->out);
		return;
	}
	fprintf(page->out, "%s%s%s", page->color ? COLOR_BOLD : "", not,
		page->color ? COLOR_PLAIN : "");
	put_wrapped(page->out, page->width, (size_t)column + strlen(not), 4, text);
	fputc('\n', page->out);
}

static void print_group(struct page *page, const struct iommu_group *group)
{
	int column = fprintf(page->out, "group %d (%s): ", group->id,
			     group->type ? group->type : "type unknown");

	print_viability(page, group, column);
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
	struct page page = page_of(out, prediction, color);
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

static void print_predicted(struct page *page)
{
	for (size_t g = 0; g < page->prediction->group_count; g++) {
		const struct predicted_group *group = &page->prediction->groups[g];

		print_blank_line(page, g);
		fprintf(page->out, "predicted group %zu:\n", g + 1);
		for (size_t i = 0; i < group->count; i++)
			print_member(page, &page->host->functions.items[group->members[i]]);
		print_reasons(page, group->members, group->count);
		while (page->what_if < page->what_if_end && page->what_if->group == g)
			print_what_if(page);
	}
	print_left_out(page);
}

void text_prediction(FILE *out, const struct prediction *prediction,
		     const struct what_ifs *what_ifs, bool color)
{
	static const char *const verdicts[] = {
		[PREDICTION_UNKNOWN] = "there is nothing to compare it with",
		[PREDICTION_DIFFERS] = "the kernel's groups differ from it, and only those count",
		[PREDICTION_MATCHES] = "the kernel's groups are the same",
	};
	struct page page = page_of(out, prediction, color);

	page.what_if = what_ifs->items;
	page.what_if_end = what_ifs->items + what_ifs->count;
	print_predicted(&page);
	if (prediction->complete)
		fprintf(out, "prediction: %s\n", verdicts[prediction_compare(prediction)]);
	else
		fprintf(out, "prediction: incomplete, %s\n", unreadable);
	free(page.told);
}

/* "{...} would become {...} {...}" */
static bool print_split(FILE *out, const struct prediction *plain, size_t group,
			const struct prediction *assumed)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct group_split whole, split;
	bool splits;

	group_split_make(&plain->groups[group], plain->group_of, plain->group_count, &whole);
	group_split_make(&plain->groups[group], assumed->group_of, assumed->group_count, &split);
	splits = split.part_count > 1;
	before = group_split_text(plain->tree.host, &whole);
	after = group_split_text(plain->tree.host, &split);
	if (splits)
		fprintf(out, "%s would become %s\n", before, after);
	group_split_release(&whole);
	group_split_release(&split);
	return splits;
}

void text_with_acs(FILE *out, const struct prediction *plain, const struct prediction *assumed,
		   const struct targets *targets, bool color)
{
	struct page page = page_of(out, assumed, color);
	bool any = false;

	print_predicted(&page);
	fputs("\nsupposing that these have ACS:", out);
	for (size_t i = 0; i < targets->count; i++)
		fprintf(out, " %s", pci_addr_text(targets->items[i]->addr).text);
	fputc('\n', out);
	for (size_t g = 0; g < plain->group_count; g++)
		any |= print_split(out, plain, g, assumed);
	if (!any)
		fputs("no group would change\n", out);
	if (!plain->complete)
		fprintf(out, "prediction: incomplete, %s\n", unreadable);
	free(page.told);
}
