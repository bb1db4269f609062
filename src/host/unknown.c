/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/unknown.h"

#include <errno.h>

#include "base/alloc.h"

void unknowns_add(struct unknowns *unknowns, const char *path, int error, const char *what)
{
	if (error == -ENOENT || error == -ENOTDIR)
		return;
	ARRAY_GROW(unknowns->items, unknowns->count);
	unknowns->items[unknowns->count++] = (struct unknown){
		.path = xasprintf("/%s", path), .error = error, .what = what,
	};
}

void unknowns_release(struct unknowns *unknowns)
{
	for (size_t i = 0; i < unknowns->count; i++)
		free(unknowns->items[i].path);
	free(unknowns->items);
	*unknowns = (struct unknowns){ 0 };
}
