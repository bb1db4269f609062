/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

static int failure_code = EXIT_FAILURE;
static const char *failure_text = "nothing was changed";

void alloc_on_failure(int code, const char *text)
{
	failure_code = code;
	failure_text = text;
}

static void *checked(void *p)
{
	if (!p) {
		fprintf(stderr, "vfioadm: out of memory: %s\n", failure_text);
		_exit(failure_code);
	}
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return text ? checked(strdup(text)) : NULL;
}

char *xstrndup(const char *text, size_t len)
{
	return checked(strndup(text, len));
}

FILE *xopen_memstream(char **text, size_t *size)
{
	return checked(open_memstream(text, size));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *text = NULL;
	int len = vasprintf(&text, fmt, ap);

	return checked(len < 0 ? NULL : text);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	return text;
}
