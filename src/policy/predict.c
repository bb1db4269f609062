/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/predict.h"

#include "base/alloc.h"

#define CLASS_HOST_BRIDGE 0x0600
#define CLASS_IOMMU       0x0806
#define VENDOR_AMD        0x1022

static bool is_amd(const struct pci_function *f, unsigned int class)
{
	return f->vendor == VENDOR_AMD && f->class >> 8 == class;
}

/*
 * The tables of AMD firmware leave out the IOMMU's own PCI function and the host bridge beside it
 * at 00.0: these two never have a group.
 */
static bool amd_leaves_out(const struct pci_tree *tree, size_t i)
{
	const struct pci_function *items = tree->host->functions.items, *f = &items[i];
	size_t other, end;

	if (is_amd(f, CLASS_IOMMU))
		return true;
	if (!is_amd(f, CLASS_HOST_BRIDGE) || f->addr.device != 0 || f->addr.function != 0)
		return false;
	if (f->addr.domain == 0 && f->addr.bus == 0)
		return true;
	pci_tree_slot(tree, i, &other, &end);
	for (; other < end; other++)
		if (is_amd(&items[other], CLASS_IOMMU))
			return true;
	return false;
}

static bool is_covered(const struct pci_tree *tree, size_t i)
{
	if (tree->host->iommu.has_groups)
		return tree->host->functions.items[i].iommu_group >= 0;
	return !amd_leaves_out(tree, i);
}

static void place_all(struct prediction *prediction, struct group_rule *rule)
{
	for (size_t n = 0; n < rule->tree->count; n++) {
		size_t i = rule->tree->order[n];

		if (!is_covered(rule->tree, i))
			continue;
		rule->group_of[i] = group_rule_find(rule, i, &prediction->reasons[i]);
		if (rule->group_of[i] == NO_GROUP)
			rule->group_of[i] = prediction->group_count++;
		prediction->complete &= prediction->reasons[i].code != REASON_UNKNOWN;
	}
}

static void explain_causes(struct prediction *prediction, const struct group_rule *rule)
{
	struct group_reason *reasons = prediction->reasons;

	for (size_t i = 0; i < rule->tree->count; i++)
		group_rule_explain(rule, i, reasons);
	for (size_t i = 0; i < rule->tree->count; i++)
		if (reasons[i].code == REASON_NONE && rule->group_of[i] != NO_GROUP &&
		    (rule->verdicts[i] == ACS_VOUCHED || rule->verdicts[i] == ACS_ASSUMED))
			reasons[i] = (struct group_reason){
				rule->verdicts[i] == ACS_VOUCHED ? REASON_QUIRK_GRANTS
								 : REASON_QUIRK_ASSUMED, i };
}

/* Number the groups anew, by their lowest address. */
static void renumber(struct prediction *prediction)
{
	_cleanup_free_ size_t *number = xcalloc(prediction->group_count, sizeof(*number));
	size_t next = 0;

	for (size_t i = 0; i < prediction->tree.count; i++) {
		size_t *group = &prediction->group_of[i];

		if (*group == NO_GROUP)
			continue;
		if (number[*group] == 0)
			number[*group] = ++next;
		*group = number[*group] - 1;
		prediction->groups[*group].count++;
	}
}

static void collect_members(struct prediction *prediction)
{
	_cleanup_free_ size_t *filled = xcalloc(prediction->group_count, sizeof(*filled));
	size_t first = 0;

	for (size_t g = 0; g < prediction->group_count; g++) {
		prediction->groups[g].members = prediction->members + first;
		filled[g] = first;
		first += prediction->groups[g].count;
	}
	for (size_t i = 0; i < prediction->tree.count; i++)
		if (prediction->group_of[i] != NO_GROUP)
			prediction->members[filled[prediction->group_of[i]]++] = i;
}

void predict_groups_with_acs(const struct host *host, const bool *has_acs, struct prediction *ret)
{
	struct prediction prediction = { .complete = true };
	struct group_rule rule;

	pci_tree_build(host, &prediction.tree);
	prediction.reasons = xcalloc(prediction.tree.count, sizeof(*prediction.reasons));
	group_rule_init(&prediction.tree, has_acs, &rule);
	place_all(&prediction, &rule);
	explain_causes(&prediction, &rule);
	prediction.group_of = TAKE_PTR(rule.group_of);
	prediction.verdicts = TAKE_PTR(rule.verdicts);
	group_rule_release(&rule);
	prediction.groups = xcalloc(prediction.group_count, sizeof(*prediction.groups));
	prediction.members = xcalloc(prediction.tree.count, sizeof(*prediction.members));
	renumber(&prediction);
	collect_members(&prediction);
	*ret = prediction;
}

void predict_groups(const struct host *host, struct prediction *ret)
{
	predict_groups_with_acs(host, NULL, ret);
}

void prediction_release(struct prediction *prediction)
{
	pci_tree_release(&prediction->tree);
	free(prediction->verdicts);
	free(prediction->group_of);
	free(prediction->reasons);
	free(prediction->groups);
	free(prediction->members);
	*prediction = (struct prediction){ 0 };
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Groups of one kernel group each, and as many: then they are the same sets. */
enum prediction_match prediction_compare(const struct prediction *prediction)
{
	const struct pci_function *items = prediction->tree.host->functions.items;
	_cleanup_free_ int *kernel = xcalloc(prediction->group_count, sizeof(*kernel));

	if (!prediction->tree.host->iommu.has_groups || !prediction->complete)
		return PREDICTION_UNKNOWN;
	for (size_t g = 0; g < prediction->group_count; g++) {
		const struct predicted_group *group = &prediction->groups[g];

		kernel[g] = items[group->members[0]].iommu_group;
		for (size_t m = 1; m < group->count; m++)
			if (items[group->members[m]].iommu_group != kernel[g])
				return PREDICTION_DIFFERS;
	}
	if (prediction->group_count > 0)
		qsort(kernel, prediction->group_count, sizeof(*kernel), compare_ints);
	for (size_t g = 1; g < prediction->group_count; g++)
		if (kernel[g] == kernel[g - 1])
			return PREDICTION_DIFFERS;
	return PREDICTION_MATCHES;
}

char *prediction_reason_text(const struct prediction *prediction, size_t function)
{
	const struct group_reason *reason = &prediction->reasons[function];

	if (reason->code == REASON_NONE)
		return NULL;
	return group_reason_text(reason->code,
				 &prediction->tree.host->functions.items[reason->cause],
				 &prediction->tree.nodes[reason->cause].caps);
}

int prediction_group_number(const struct prediction *prediction, size_t function, bool predicted)
{
	const struct host *host = prediction->tree.host;
	int group = host->functions.items[function].iommu_group;

	if (predicted)
		return prediction->group_of[function] == NO_GROUP
			       ? -1 : (int)prediction->group_of[function] + 1;
	return iommu_find_group(&host->iommu, group) ? group : -1;
}
