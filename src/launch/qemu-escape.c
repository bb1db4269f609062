/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-parts.h"

#include <string.h>

#include "base/alloc.h"

char *qemu_escape(const char *text)
{
	char *escaped = xcalloc(2 * strlen(text) + 1, 1), *to = escaped;

	for (; *text; text++) {
		*to++ = *text;
		if (*text == ',')
			*to++ = ',';
	}
	return escaped;
}
