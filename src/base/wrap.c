/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/wrap.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SERIAL_WIDTH 80
#define LEAST_WIDTH  40
#define COMMAND_GAP  3

size_t terminal_width(FILE *out)
{
	struct winsize size;
	int fd = fileno(out);

	if (fd < 0 || !isatty(fd))
		return 0;
	/* A serial console does not know. */
	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return SERIAL_WIDTH;
	return size.ws_col < LEAST_WIDTH ? 0 : size.ws_col;
}

static size_t columns_of(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

void put_wrapped(FILE *out, size_t width, size_t column, size_t indent, const char *text)
{
	bool command = false, may_break = column > indent;

	while (*text) {
		size_t gap = strspn(text, " "), len, columns;

		text += gap;
		command = gap >= COMMAND_GAP && !command;
		len = strcspn(text, " ");
		while (command && text[len] && strspn(text + len, " ") < COMMAND_GAP)
			len += 1 + strcspn(text + len + 1, " ");
		columns = columns_of(text, len);
		if (width > 0 && may_break && column + gap + columns > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			gap = 0;
		}
		fprintf(out, "%*s%.*s", (int)gap, "", (int)len, text);
		column += gap + columns;
		text += len;
		may_break = true;
	}
}
