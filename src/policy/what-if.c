/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/what-if.h"

#include <stdio.h>

#include "base/alloc.h"
#include "policy/group-rule.h"

void group_split_make(const struct predicted_group *whole, const size_t *group_of,
		      size_t group_count, struct group_split *ret)
{
	/* For each group after: the number of its part, from 1; 0: it has none. */
	_cleanup_free_ size_t *number = xcalloc(group_count, sizeof(*number));
	_cleanup_free_ size_t *filled = xcalloc(whole->count, sizeof(*filled));
	struct group_split split = {
		.members = xcalloc(whole->count, sizeof(*split.members)),
		.parts = xcalloc(whole->count, sizeof(*split.parts)),
	};
	size_t first = 0;

	for (size_t i = 0; i < whole->count; i++) {
		size_t *part = &number[group_of[whole->members[i]]];

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
		split.members[filled[number[group_of[whole->members[i]]] - 1]++] =
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
static bool is_kept(const struct group_reason *reasons, size_t function, size_t device)
{
	const struct group_reason *reason = &reasons[function];

	return reason->code != REASON_NONE && !reason_is_vouched(reason->code) &&
	       reason->cause != device;
}

/* Best the reason of the device that is asked about, else that of another member. */
static struct group_reason find_kept(const struct group_reason *reasons,
				     const struct predicted_group *group, size_t device)
{
	if (is_kept(reasons, device, device))
		return reasons[device];
	for (size_t i = 0; i < group->count; i++)
		if (is_kept(reasons, group->members[i], device))
			return reasons[group->members[i]];
	return (struct group_reason){ REASON_NONE, NO_FUNCTION };
}

static bool is_told(const struct what_ifs *what_ifs, size_t device, size_t group)
{
	for (size_t i = what_ifs->count; i > 0 && what_ifs->items[i - 1].group == group; i--)
		if (what_ifs->items[i - 1].device == device)
			return true;
	return false;
}

/*
 * The kernel's rule at work on one group anew. More ACS only ever parts functions, so that no member
 * can end in a group of others, and these need not be placed.
 */
struct trial {
	const struct prediction *prediction;
	struct group_rule rule;
	struct group_reason *reasons; /* each function's, of the members only */
	size_t *ordered;              /* the groups' members, in the tree's order */
};

static void order_members(struct trial *trial)
{
	const struct prediction *prediction = trial->prediction;
	_cleanup_free_ size_t *filled = xcalloc(prediction->group_count, sizeof(*filled));

	for (size_t n = 0; n < prediction->tree.count; n++) {
		size_t i = prediction->tree.order[n], group = prediction->group_of[i];

		if (group == NO_GROUP)
			continue;
		trial->ordered[prediction->groups[group].members - prediction->members +
			       filled[group]++] = i;
	}
}

static void trial_init(const struct prediction *prediction, struct trial *ret)
{
	*ret = (struct trial){
		.prediction = prediction,
		.reasons = xcalloc(prediction->tree.count, sizeof(*ret->reasons)),
		.ordered = xcalloc(prediction->tree.count, sizeof(*ret->ordered)),
	};
	group_rule_init(&prediction->tree, NULL, &ret->rule);
	order_members(ret);
}

static void trial_release(struct trial *trial)
{
	group_rule_release(&trial->rule);
	free(trial->reasons);
	free(trial->ordered);
}

/*
 * Returns how many groups become of the group, if the device had ACS. No function is in a group
 * before; forget_members() makes it so again.
 */
static size_t place_members(struct trial *trial, const struct predicted_group *group, size_t device)
{
	const size_t *ordered = trial->ordered + (group->members - trial->prediction->members);
	struct group_rule *rule = &trial->rule;
	size_t count = 0;

	rule->granted = device;
	for (size_t m = 0; m < group->count; m++) {
		size_t i = ordered[m];

		rule->group_of[i] = group_rule_find(rule, i, &trial->reasons[i]);
		if (rule->group_of[i] == NO_GROUP)
			rule->group_of[i] = count++;
	}
	for (size_t m = 0; m < group->count; m++)
		group_rule_explain(rule, group->members[m], trial->reasons);
	return count;
}

static void forget_members(struct trial *trial, const struct predicted_group *group)
{
	for (size_t m = 0; m < group->count; m++)
		trial->rule.group_of[group->members[m]] = NO_GROUP;
}

static void add_what_if(struct what_ifs *what_ifs, struct trial *trial, size_t device, size_t group)
{
	const struct predicted_group *whole = &trial->prediction->groups[group];
	size_t count = place_members(trial, whole, device);
	struct what_if *item;

	ARRAY_GROW(what_ifs->items, what_ifs->count);
	item = &what_ifs->items[what_ifs->count++];
	*item = (struct what_if){ .device = device, .group = group };
	group_split_make(whole, trial->rule.group_of, count, &item->split);
	item->kept = find_kept(trial->reasons, whole, device);
	forget_members(trial, whole);
}

void what_ifs_make(const struct prediction *prediction, struct what_ifs *ret)
{
	const struct pci_tree *tree = &prediction->tree;
	struct trial trial;

	*ret = (struct what_ifs){ 0 };
	trial_init(prediction, &trial);
	for (size_t g = 0; g < prediction->group_count; g++) {
		const struct predicted_group *group = &prediction->groups[g];

		for (size_t i = 0; i < group->count; i++) {
			const struct group_reason *reason = &prediction->reasons[group->members[i]];

			if (!is_about_acs(reason->code) || is_told(ret, reason->cause, g) ||
			    acs_pointless(prediction->verdicts[reason->cause],
					  &tree->host->functions.items[reason->cause],
					  &tree->nodes[reason->cause].caps))
				continue;
			add_what_if(ret, &trial, reason->cause, g);
		}
	}
	trial_release(&trial);
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
