/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "policy/predict.h"

/* How a tree is to be drawn. */
struct tree_style {
	bool predicted; /* the groups that are predicted, instead of the kernel's */
	bool color;
	bool utf8;	/* lines of box-drawing characters, instead of ASCII */
};

/*
 * The functions as the tree that they are, as lspci -t knows it, a line each: its group, what its ACS
 * is where that counts, its driver, its name; GPUs are marked. 80 columns at most, unless the tree is
 * so deep that addresses alone need more.
 */
void text_groups_tree(FILE *out, const struct prediction *prediction, struct tree_style style);
