/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strv.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static void strv_take(struct strv *v, char *text)
{
	v->items = xreallocarray(v->items, v->count + 2, sizeof(*v->items));
	v->items[v->count++] = text;
	v->items[v->count] = NULL;
}

void strv_add(struct strv *v, const char *text)
{
	strv_take(v, xstrdup(text));
}

void strv_addf(struct strv *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strv_take(v, xvasprintf(fmt, ap));
	va_end(ap);
}

bool strv_has(const struct strv *v, const char *text)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->items[i], text) == 0)
			return true;
	return false;
}

void strv_release(struct strv *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->items[i]);
	free(v->items);
	*v = (struct strv){ 0 };
}

char *strv_join(const char *const *items, const char *separator)
{
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	for (size_t i = 0; items[i]; i++)
		fprintf(out, "%s%s", i ? separator : "", items[i]);
	fclose(out);
	return text;
}

void strv_split(struct strv *v, const char *text, const char *separators)
{
	text += strspn(text, separators);
	while (*text) {
		size_t len = strcspn(text, separators);

		strv_take(v, xstrndup(text, len));
		text += len;
		text += strspn(text, separators);
	}
}
