/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/what-if.h"

#include <stdio.h>

#include "base/alloc.h"

void group_split_make(const struct prediction *before, size_t group,
		      const struct prediction *after, struct group_split *ret)
{
	const struct predicted_group *whole = &before->groups[group];
	/* For each group after: the number of its part, from 1; 0: it has none. */
	_cleanup_free_ size_t *number = xcalloc(after->group_count, sizeof(*number));
	_cleanup_free_ size_t *filled = xcalloc(whole->count, sizeof(*filled));
	struct group_split split = {
		.members = xcalloc(whole->count, sizeof(*split.members)),
		.parts = xcalloc(whole->count, sizeof(*split.parts)),
	};
	size_t first = 0;

	for (size_t i = 0; i < whole->count; i++) {
		size_t *part = &number[after->group_of[whole->members[i]]];

		if (*part == 0)
			*part = ++split.part_count;
		split.parts[*part - 1].count++;
	}
	for (size_t i = 0; i < split.part_count; i++) {
		split.parts[i].members = split.members + first;
		filled[i] = first;
		first += split.parts[i].count;
	}
	for (size_t i = 0; i < whole->count; i++)
		split.members[filled[number[after->group_of[whole->members[i]]] - 1]++] =
			whole->members[i];
	*ret = split;
}

void group_split_release(struct group_split *split)
{
	free(split->members);
	free(split->parts);
	*split = (struct group_split){ 0 };
}

static bool is_about_acs(enum reason_code code)
{
	return code == REASON_NO_ACS_CAPABILITY || code == REASON_ACS_DISABLED ||
	       code == REASON_MULTIFUNCTION_WITHOUT_ACS;
}

/* Why the function is still with others, if that is not its own doing. */
static bool is_kept(const struct prediction *after, size_t function, size_t device)
{
	const struct group_reason *reason = &after->reasons[function];

	return reason->code != REASON_NONE && !reason_is_vouched(reason->code) &&
	       reason->cause != device;
}

/* Best the reason of the device that is asked about, else that of another member. */
static struct group_reason find_kept(const struct prediction *after,
				     const struct predicted_group *group, size_t device)
{
	if (is_kept(after, device, device))
		return after->reasons[device];
	for (size_t i = 0; i < group->count; i++)
		if (is_kept(after, group->members[i], device))
			return after->reasons[group->members[i]];
	return (struct group_reason){ REASON_NONE, NO_FUNCTION };
}

static bool is_told(const struct what_ifs *what_ifs, size_t device, size_t group)
{
	for (size_t i = what_ifs->count; i > 0 && what_ifs->items[i - 1].group == group; i--)
		if (what_ifs->items[i - 1].device == device)
			return true;
	return false;
}

static void add_what_if(struct what_ifs *what_ifs, const struct prediction *prediction,
			size_t device, size_t group)
{
	_cleanup_free_ bool *has_acs = xcalloc(prediction->tree.count, sizeof(*has_acs));
	struct what_if *item;
	struct prediction after;

	ARRAY_GROW(what_ifs->items, what_ifs->count);
	item = &what_ifs->items[what_ifs->count++];
	*item = (struct what_if){ .device = device, .group = group };
	has_acs[device] = true;
	predict_groups_with_acs(prediction->tree.host, has_acs, &after);
	group_split_make(prediction, group, &after, &item->split);
	item->kept = find_kept(&after, &prediction->groups[group], device);
	prediction_release(&after);
}

void what_ifs_make(const struct prediction *prediction, struct what_ifs *ret)
{
	*ret = (struct what_ifs){ 0 };
	for (size_t g = 0; g < prediction->group_count; g++) {
		const struct predicted_group *group = &prediction->groups[g];

		for (size_t i = 0; i < group->count; i++) {
			const struct group_reason *reason = &prediction->reasons[group->members[i]];
			const struct pci_tree *tree = &prediction->tree;

			if (!is_about_acs(reason->code) || is_told(ret, reason->cause, g) ||
			    acs_pointless(prediction->verdicts[reason->cause],
					  &tree->host->functions.items[reason->cause],
					  &tree->nodes[reason->cause].caps))
				continue;
			add_what_if(ret, prediction, reason->cause, g);
		}
	}
}

void what_ifs_release(struct what_ifs *what_ifs)
{
	for (size_t i = 0; i < what_ifs->count; i++)
		group_split_release(&what_ifs->items[i].split);
	free(what_ifs->items);
	*what_ifs = (struct what_ifs){ 0 };
}

static void print_members(FILE *out, const struct host *host, const struct predicted_group *group)
{
	fputc('{', out);
	for (size_t i = 0; i < group->count; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "",
			pci_addr_text(host->functions.items[group->members[i]].addr).text);
	fputc('}', out);
}

char *group_split_text(const struct host *host, const struct group_split *split)
{
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	for (size_t i = 0; i < split->part_count; i++) {
		if (i > 0)
			fputc(' ', out);
		print_members(out, host, &split->parts[i]);
	}
	fclose(out);
	return text;
}

static const char *what_keeps(enum reason_code code)
{
	switch (code) {
	case REASON_NO_ACS_CAPABILITY:
	case REASON_MULTIFUNCTION_WITHOUT_ACS:
		return "also lacks it";
	case REASON_ACS_DISABLED:
		return "has it switched off";
	case REASON_CONVENTIONAL_PCI_BRIDGE:
		return "hides who is behind it";
	case REASON_DMA_ALIAS:
	case REASON_VMD:
		return "shares its DMA address";
	case REASON_QUIRK_DENIES:
		return "does not isolate, as the kernel's list has it";
	default:
		return "cannot be read";
	}
}

char *what_if_text(const struct prediction *prediction, const struct what_if *what_if)
{
	const struct host *host = prediction->tree.host;
	const struct pci_function *items = host->functions.items;
	const struct pci_addr_text device = pci_addr_text(items[what_if->device].addr);

	if (what_if->split.part_count > 1) {
		_cleanup_free_ char *parts = group_split_text(host, &what_if->split);

		return xasprintf("if %s had ACS this group would be: %s", device.text, parts);
	}
	if (what_if->kept.cause == NO_FUNCTION)
		return xasprintf("if %s had ACS this group would not change", device.text);
	return xasprintf("if %s had ACS this group would not change: %s %s", device.text,
			 pci_addr_text(items[what_if->kept.cause].addr).text,
			 what_keeps(what_if->kept.code));
}
