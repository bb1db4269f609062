/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/diff.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

#define CONTEXT 3

/* A text in lines, each with its newline if it has one. */
struct lines {
	const char **begin; /* count + 1 of them: the last is the end */
	size_t count;
};

static struct lines split(const char *text)
{
	struct lines lines = { 0 };

	for (const char *at = text ? text : ""; *at;) {
		const char *newline = strchr(at, '\n');

		ARRAY_GROW(lines.begin, lines.count);
		lines.begin[lines.count++] = at;
		at = newline ? newline + 1 : at + strlen(at);
	}
	lines.begin = xreallocarray(lines.begin, lines.count + 1, sizeof(*lines.begin));
	lines.begin[lines.count] = text ? text + strlen(text) : text;
	return lines;
}

static size_t length(const struct lines *lines, size_t i)
{
	return (size_t)(lines->begin[i + 1] - lines->begin[i]);
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
	return length(a, i) == length(b, j) &&
	       memcmp(a->begin[i], b->begin[j], length(a, i)) == 0;
}

static void print_lines(FILE *out, char mark, const struct lines *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t len = length(lines, i);

		fprintf(out, "%c%.*s", mark, (int)len, lines->begin[i]);
		if (lines->begin[i][len - 1] != '\n')
			fputs("\n\\ No newline at end of file\n", out);
	}
}

/* "12,7"; of no lines it is the line before that counts, and of one the number is left out. */
static void print_range(FILE *out, size_t from, size_t to)
{
	fprintf(out, "%zu", to > from ? from + 1 : from);
	if (to - from != 1)
		fprintf(out, ",%zu", to - from);
}

void text_diff(FILE *out, const char *path, const char *before, const char *after)
{
	struct lines old = split(before), new = split(after);
	size_t head = 0, tail = 0, first, end;

	while (head < old.count && head < new.count && same(&old, head, &new, head))
		head++;
	while (tail < old.count - head && tail < new.count - head &&
	       same(&old, old.count - tail - 1, &new, new.count - tail - 1))
		tail++;
	if (head + tail < old.count || head + tail < new.count) {
		first = head > CONTEXT ? head - CONTEXT : 0;
		end = tail > CONTEXT ? tail - CONTEXT : 0;
		fprintf(out, "--- %s%s\n+++ %s%s\n@@ -", before ? "a" : "/dev/null",
			before ? path : "", after ? "b" : "/dev/null", after ? path : "");
		print_range(out, first, old.count - end);
		fputs(" +", out);
		print_range(out, first, new.count - end);
		fputs(" @@\n", out);
		print_lines(out, ' ', &old, first, head);
		print_lines(out, '-', &old, head, old.count - tail);
		print_lines(out, '+', &new, head, new.count - tail);
		print_lines(out, ' ', &old, old.count - tail, old.count - end);
	}
	free(old.begin);
	free(new.begin);
}
