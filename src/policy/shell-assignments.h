/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/*
 * Shell scripts that only assign variables, as those in /etc/default. What a value means is known
 * only of the plainest kind: one piece, bare or in quotes, without expansions, escapes or line
 * breaks.
 */
struct shell_value {
	const char *begin, *end; /* in the text, with its quotes */
	char quote;		 /* '"', '\'', or 0: bare */
	bool plain;
	unsigned int line;	 /* where the assignment is */
};

struct shell_assignments {
	const char *name; /* the variable that is sought */
	struct shell_value value;
	unsigned int count; /* of its assignments; value is the last one's */
};

/*
 * Go through text and find the assignments of each variable of items. -EINVAL where a line is
 * anything but an assignment or a comment, or is not understood with certainty; the message begins
 * with "line N: ".
 */
int shell_assignments_find(const char *text, struct shell_assignments *items, size_t count,
			   struct error *err) _must_check_;
