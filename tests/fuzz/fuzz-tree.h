/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* For targets whose parser reads from a host root: one, as long as the fuzzer runs. */
#include <stdlib.h>

#include "support/tree.h"

static struct tree *fuzz_tree_made;

static inline void fuzz_tree_free(void)
{
	tree_free(fuzz_tree_made);
}

static inline struct tree *fuzz_tree(void)
{
	if (!fuzz_tree_made) {
		fuzz_tree_made = tree_new();
		atexit(fuzz_tree_free);
	}
	return fuzz_tree_made;
}
