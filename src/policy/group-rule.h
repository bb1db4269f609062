/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/acs.h"
#include "policy/group-reason.h"
#include "policy/pci-tree.h"

#define NO_GROUP SIZE_MAX

/* What stands between a bridge and its root bus. */
struct path_block {
	size_t function; /* the nearest that does not isolate, or NO_FUNCTION */
	bool unknown;    /* whether it does cannot be told */
};

/* The kernel's rule at work: functions are placed in the tree's order, each once. */
struct group_rule {
	const struct pci_tree *tree;
	enum acs_verdict *verdicts; /* each function's */
	struct path_block *paths;   /* each function's, itself included */
	bool any_alias;             /* some function uses the DMA address of another of its bus */
	size_t granted;             /* counts as if it had full ACS, besides has_acs; NO_FUNCTION: none */
	size_t *group_of;           /* of those placed; NO_GROUP for the rest */
};

/* has_acs: one for each function, those that count as if they had full ACS; NULL: none. */
void group_rule_init(const struct pci_tree *tree, const bool *has_acs, struct group_rule *ret);
void group_rule_release(struct group_rule *rule);

/* The group among those that exist that the function belongs to, or NO_GROUP; and why so. */
size_t group_rule_find(const struct group_rule *rule, size_t function,
		       struct group_reason *ret_reason);

/*
 * A function that this one is in their group because of tells the same of itself, for want of
 * another reason. To be called for one member after the other, once all are placed.
 */
void group_rule_explain(const struct group_rule *rule, size_t function,
			struct group_reason *reasons);
