/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/* A file that is there and could not be read, so that what it would tell is neither yes nor no. */
struct unknown {
	char *path;       /* absolute */
	int error;        /* negative errno; 0: it was read, and does not tell */
	const char *what; /* "which card the boot framebuffer is in" */
};

struct unknowns {
	struct unknown *items;
	size_t count;
};

/* path is below the root. What is absent (-ENOENT, -ENOTDIR) is known, and not added. */
void unknowns_add(struct unknowns *unknowns, const char *path, int error, const char *what);
void unknowns_release(struct unknowns *unknowns);
