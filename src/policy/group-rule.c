/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/group-rule.h"

#include "base/alloc.h"
#include "policy/acs-cmdline.h"
#include "policy/dma-alias.h"

/* One run of pci_device_group(); names in parentheses are of Linux's drivers/iommu/iommu.c too. */
struct search {
	const struct group_rule *rule;
	size_t point; /* whose isolation counts: the function asked about, or one above it */
	struct group_reason reason;
	size_t unreadable;   /* a function whose configuration space would matter, or NO_FUNCTION */
	uint64_t visited[4]; /* device and function numbers of the point's bus */
};

static const struct pci_function *function_at(const struct group_rule *rule, size_t i)
{
	return &rule->tree->host->functions.items[i];
}

static const struct pci_node *node_at(const struct group_rule *rule, size_t i)
{
	return &rule->tree->nodes[i];
}

static enum acs_verdict verdict_of(const struct group_rule *rule, size_t function)
{
	return function == rule->granted ? ACS_ISOLATES : rule->verdicts[function];
}

/* What is above the granted one stands as it stood. */
static struct path_block path_of(const struct group_rule *rule, size_t function)
{
	const struct path_block open = { .function = NO_FUNCTION };
	size_t parent;

	if (rule->granted == NO_FUNCTION || rule->paths[function].function != rule->granted)
		return rule->paths[function];
	parent = node_at(rule, rule->granted)->parent;
	return parent == NO_FUNCTION ? open : rule->paths[parent];
}

static enum acs_verdict judge(const struct group_rule *rule, const struct acs_cmdline *cmdline,
			      size_t function)
{
	const struct pci_node *node = node_at(rule, function);
	struct acs_rules acs = acs_rules_of(rule->tree->host);

	acs.cleared = acs_cmdline_cleared(cmdline, rule->tree, function);
	return acs_judge(&acs, function_at(rule, function), &node->caps,
			 node->parent == NO_FUNCTION);
}

static void judge_all(struct group_rule *rule, const bool *has_acs)
{
	struct acs_cmdline cmdline;

	acs_cmdline_parse(&rule->tree->host->platform, &cmdline);
	for (size_t n = 0; n < rule->tree->count; n++) {
		size_t i = rule->tree->order[n];
		size_t parent = node_at(rule, i)->parent;

		rule->verdicts[i] = has_acs && has_acs[i] ? ACS_ISOLATES
							  : judge(rule, &cmdline, i);
		if (!acs_isolates(rule->verdicts[i]))
			rule->paths[i] = (struct path_block){
				.function = i, .unknown = rule->verdicts[i] == ACS_UNKNOWN };
		else if (parent != NO_FUNCTION)
			rule->paths[i] = rule->paths[parent];
		else
			rule->paths[i].function = NO_FUNCTION;
	}
	acs_cmdline_release(&cmdline);
}

void group_rule_init(const struct pci_tree *tree, const bool *has_acs, struct group_rule *ret)
{
	*ret = (struct group_rule){
		.tree = tree,
		.verdicts = xcalloc(tree->count, sizeof(*ret->verdicts)),
		.paths = xcalloc(tree->count, sizeof(*ret->paths)),
		.group_of = xcalloc(tree->count, sizeof(*ret->group_of)),
		.granted = NO_FUNCTION,
	};
	for (size_t i = 0; i < tree->count; i++) {
		ret->group_of[i] = NO_GROUP;
		ret->any_alias |= function_has_alias(&tree->host->functions.items[i]);
	}
	judge_all(ret, has_acs);
}

void group_rule_release(struct group_rule *rule)
{
	free(rule->verdicts);
	free(rule->paths);
	free(rule->group_of);
	*rule = (struct group_rule){ 0 };
}

static size_t join(struct search *search, size_t group, enum reason_code code, size_t cause)
{
	if (group != NO_GROUP)
		search->reason = (struct group_reason){ .code = code, .cause = cause };
	return group;
}

/* Step 1: up to the last bridge that hides who is behind it (pci_for_each_dma_alias). */
static size_t search_aliases_above(struct search *search)
{
	const struct group_rule *rule = search->rule;
	size_t vmd = node_at(rule, search->point)->vmd, above;

	/* pci_real_dma_dev(): a VMD controller does the DMA of its domain. */
	if (vmd != NO_FUNCTION) {
		search->point = vmd;
		if (rule->group_of[vmd] != NO_GROUP)
			return join(search, rule->group_of[vmd], REASON_VMD, vmd);
	}
	above = node_at(rule, search->point)->parent;
	for (; above != NO_FUNCTION; above = node_at(rule, above)->parent) {
		switch (bridge_alias_of(function_at(rule, above), &node_at(rule, above)->caps)) {
		case BRIDGE_KEEPS:
			break;
		case BRIDGE_ENDS:
			return NO_GROUP;
		case BRIDGE_UNKNOWN:
			search->unreadable = above;
			return NO_GROUP;
		case BRIDGE_ALIASES:
			search->point = above;
			if (rule->group_of[above] != NO_GROUP)
				return join(search, rule->group_of[above],
					    REASON_CONVENTIONAL_PCI_BRIDGE, above);
		}
	}
	return NO_GROUP;
}

static enum reason_code code_for_block(enum acs_verdict verdict)
{
	switch (verdict) {
	case ACS_NO_CAPABILITY:
		return REASON_NO_ACS_CAPABILITY;
	case ACS_DISABLED:
		return REASON_ACS_DISABLED;
	case ACS_DENIED:
		return REASON_QUIRK_DENIES;
	default:
		return REASON_CONVENTIONAL_PCI_BRIDGE;
	}
}

/* Step 2: up to where ACS protects all the way to the root bus. */
static size_t search_path(struct search *search)
{
	const struct group_rule *rule = search->rule;
	size_t above = node_at(rule, search->point)->parent;

	for (; above != NO_FUNCTION; above = node_at(rule, above)->parent) {
		struct path_block path = path_of(rule, above);

		if (path.function == NO_FUNCTION)
			break;
		if (path.unknown) {
			search->unreadable = path.function;
			break;
		}
		search->point = above;
		if (rule->group_of[above] != NO_GROUP)
			return join(search, rule->group_of[above],
				    code_for_block(rule->verdicts[path.function]), path.function);
	}
	return NO_GROUP;
}

static bool visit(struct search *search, size_t function)
{
	const struct pci_addr *addr = &function_at(search->rule, function)->addr;
	unsigned int devfn = addr->device << 3 | addr->function;
	bool visited = search->visited[devfn / 64] >> devfn % 64 & 1;

	search->visited[devfn / 64] |= UINT64_C(1) << devfn % 64;
	return visited;
}

static size_t search_slot(struct search *search, size_t function);

/* Step 3: who shares its DMA address with it on its bus (get_pci_alias_group). */
static size_t search_bus(struct search *search, size_t function)
{
	const struct group_rule *rule = search->rule;
	size_t other, end, group;

	if (visit(search, function))
		return NO_GROUP;
	if (rule->group_of[function] != NO_GROUP)
		return rule->group_of[function];
	if (!rule->any_alias)
		return NO_GROUP;
	pci_tree_bus(rule->tree, function, &other, &end);
	for (; other < end; other++) {
		if (other == function ||
		    !functions_alias(function_at(rule, function), function_at(rule, other)))
			continue;
		group = search_bus(search, other);
		if (group == NO_GROUP)
			group = search_slot(search, other);
		if (group != NO_GROUP)
			return join(search, group, REASON_DMA_ALIAS, other);
	}
	return NO_GROUP;
}

/* Step 4: functions of its slot that do not isolate, like itself (get_pci_function_alias_group). */
static size_t search_slot(struct search *search, size_t function)
{
	const struct group_rule *rule = search->rule;
	enum acs_verdict verdict = verdict_of(rule, function);
	size_t other, end, group;

	if (!node_at(rule, function)->caps.multifunction || acs_isolates(verdict))
		return NO_GROUP;
	pci_tree_slot(rule->tree, function, &other, &end);
	for (; other < end; other++) {
		if (other == function || acs_isolates(verdict_of(rule, other)))
			continue;
		if (verdict == ACS_UNKNOWN || verdict_of(rule, other) == ACS_UNKNOWN) {
			search->unreadable = verdict == ACS_UNKNOWN ? function : other;
			continue;
		}
		group = search_bus(search, other);
		if (group != NO_GROUP)
			return join(search, group, REASON_MULTIFUNCTION_WITHOUT_ACS, other);
	}
	return NO_GROUP;
}

size_t group_rule_find(const struct group_rule *rule, size_t function,
		       struct group_reason *ret_reason)
{
	struct search search = { .rule = rule, .point = function, .unreadable = NO_FUNCTION };
	size_t group = search_aliases_above(&search);

	if (group == NO_GROUP && search.unreadable == NO_FUNCTION)
		group = search_path(&search);
	if (group == NO_GROUP && search.unreadable == NO_FUNCTION) {
		group = search_bus(&search, search.point);
		if (group == NO_GROUP)
			group = search_slot(&search, search.point);
	}
	if (group == NO_GROUP && search.unreadable != NO_FUNCTION)
		search.reason = (struct group_reason){ REASON_UNKNOWN, search.unreadable };
	*ret_reason = search.reason;
	return group;
}

void group_rule_explain(const struct group_rule *rule, size_t function,
			struct group_reason *reasons)
{
	const struct group_reason *own = &reasons[function];
	size_t cause = own->cause;

	if (own->code != REASON_NONE && own->code != REASON_UNKNOWN &&
	    reasons[cause].code == REASON_NONE && rule->group_of[function] == rule->group_of[cause])
		reasons[cause] = (struct group_reason){ own->code, cause };
}
