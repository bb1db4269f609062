/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/finding.h"
#include "policy/target.h"

/* What the findings are for: each check in the table of assess.c says which it belongs to. */
enum assess_purpose {
	ASSESS_BIND = 1 << 0,
	ASSESS_UNBIND = 1 << 1,
	ASSESS_CHECK = 1 << 2, /* all that bind judges, and what a person should know before */
};

/* Judge the targets on this host; adds to findings, sorted, worst first. Pure: no I/O. */
void assess(const struct host *host, const struct targets *targets, enum assess_purpose purpose,
	    struct finding_list *findings);

/*
 * The first finding that blocks and whose id is not in allow, or NULL. allow holds ids of the
 * table, as given with --allow.
 */
const struct finding *assess_first_block(const struct finding_list *findings,
					 const struct strv *allow);
