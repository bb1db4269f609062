/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/printable.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character here; 0 where none begins. */
static size_t utf8_length(const unsigned char *c)
{
	size_t length = *c < 0x80 ? 1 : *c >= 0xc2 && *c < 0xe0 ? 2 : (*c & 0xf0) == 0xe0 ? 3
		      : *c >= 0xf0 && *c < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* U+0000 to U+001F, U+007F and U+0080 to U+009F. */
static bool is_control(const unsigned char *c)
{
	return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0);
}

void printable(char *text)
{
	unsigned char *c = (unsigned char *)text;

	while (*c) {
		size_t length = utf8_length(c);

		if (length > 0 && !is_control(c)) {
			c += length;
			continue;
		}
		for (size_t i = 0; i < (length ? length : 1); i++)
			c[i] = '?';
		c += length ? length : 1;
	}
}
