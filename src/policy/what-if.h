/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/predict.h"

/* What is left of a predicted group in another prediction for the same host. */
struct group_split {
	size_t *members;               /* of all parts */
	struct predicted_group *parts; /* by their lowest address; a single one: nothing changes */
	size_t part_count;
};

/* group_of: each function's group in the other prediction, which has group_count groups. */
void group_split_make(const struct predicted_group *whole, const size_t *group_of,
		      size_t group_count, struct group_split *ret);
void group_split_release(struct group_split *split);

/* What would become of a group if one device, because of which others are in it, had full ACS. */
struct what_if {
	size_t device, group;
	struct group_split split;
	struct group_reason kept; /* where nothing changes: what else keeps them together */
};

/* In the order of their groups, and in a group in that of its members' reasons. */
struct what_ifs {
	struct what_if *items;
	size_t count;
};

/* One for each group and each device whose lack of ACS is a reason in it. */
void what_ifs_make(const struct prediction *prediction, struct what_ifs *ret);
void what_ifs_release(struct what_ifs *what_ifs);

/* One sentence, to be freed: "if 0000:00:01.0 had ACS this group would be: {...} {...}" */
char *what_if_text(const struct prediction *prediction, const struct what_if *what_if);

/* "{0000:00:01.0} {0000:01:00.0 0000:01:00.1}", to be freed. */
char *group_split_text(const struct host *host, const struct group_split *split);
