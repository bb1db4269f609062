/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/shell-assignments.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* A way through the text. */
struct reader {
	const char *at;
	unsigned int line;
};

static int complain(unsigned int line, struct error *err, const char *why)
{
	return error_set(err, -EINVAL, "line %u: %s", line, why);
}

static void skip_blanks(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
}

static void skip_comment(struct reader *r)
{
	while (*r->at && *r->at != '\n')
		r->at++;
}

/* To behind the end of a piece in quotes; false: it does not end on this line. */
static bool skip_quoted(struct reader *r)
{
	char quote = *r->at++;

	for (; *r->at && *r->at != '\n' && *r->at != quote; r->at++)
		if (*r->at == '\\' && quote != '\'' && r->at[1] && r->at[1] != '\n')
			r->at++;
	if (*r->at != quote)
		return false;
	r->at++;
	return true;
}

/* What a value is made of, beside pieces in quotes. */
static bool is_bare(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-./:=,@%+", c));
}

/* The inside of a piece in quotes, without expansions and escapes. */
static bool is_plain(const char *begin, const char *end, char quote)
{
	for (const char *c = begin; c < end; c++)
		if (quote != '\'' && strchr("$`\\", *c))
			return false;
	return quote != '`';
}

/*
 * Inside "$(...)" quotation marks are others than those around it: where an expansion does not end
 * in the piece, the piece is not what it seems.
 */
static bool is_whole(const char *begin, const char *end)
{
	int parentheses = 0, braces = 0, backquotes = 0;

	for (const char *c = begin; c < end; c++) {
		parentheses += (*c == '(') - (*c == ')');
		braces += (*c == '{') - (*c == '}');
		backquotes += *c == '`';
	}
	return parentheses == 0 && braces == 0 && backquotes % 2 == 0;
}

/* The value of an assignment, to its end. */
static int read_value(struct reader *r, struct shell_value *value, struct error *err)
{
	unsigned int pieces = 0;

	*value = (struct shell_value){ .begin = r->at, .line = r->line, .plain = true };
	while (*r->at && !isspace((unsigned char)*r->at)) {
		const char *piece = r->at;

		pieces++;
		if (*r->at == '"' || *r->at == '\'' || *r->at == '`') {
			value->quote = *r->at;
			if (!skip_quoted(r))
				return complain(value->line, err, "a quotation mark is not closed on "
						"the same line");
			if (value->quote == '"' && !is_plain(piece + 1, r->at - 1, '"') &&
			    !is_whole(piece + 1, r->at - 1))
				return complain(value->line, err, "an expansion goes beyond quotation marks");
			value->plain &= is_plain(piece + 1, r->at - 1, value->quote);
		} else if (is_bare(*r->at)) {
			while (is_bare(*r->at))
				r->at++;
		} else {
			return complain(r->line, err, "it does more than to assign a plain value");
		}
	}
	value->end = r->at;
	value->plain &= pieces <= 1;
	return 0;
}

/* The name before "=": its length, or 0 where there is no assignment. */
static size_t name_length(const char *text)
{
	size_t len = 0;

	if (isdigit((unsigned char)*text))
		return 0;
	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return text[len] == '=' ? len : 0;
}

static int read_assignment(struct reader *r, struct shell_assignments *items, size_t count,
			   struct error *err)
{
	struct shell_value value;
	const char *name;
	size_t len;
	int status;

	if (strncmp(r->at, "export", 6) == 0 && (r->at[6] == ' ' || r->at[6] == '\t')) {
		r->at += 6;
		skip_blanks(r);
	}
	name = r->at;
	len = name_length(name);
	if (len == 0)
		return complain(r->line, err, "it is neither an assignment nor a comment");
	r->at += len + 1;
	status = read_value(r, &value, err);
	if (status < 0)
		return status;
	for (size_t i = 0; i < count; i++)
		if (strlen(items[i].name) == len && strncmp(items[i].name, name, len) == 0) {
			items[i].value = value;
			items[i].count++;
		}
	skip_blanks(r);
	/* A word behind it would be a command, for which alone the assignment holds. */
	if (*r->at == '#' && r->at > value.end)
		skip_comment(r);
	if (*r->at && *r->at != '\n')
		return complain(r->line, err, "there is more than an assignment on it");
	return 0;
}

int shell_assignments_find(const char *text, struct shell_assignments *items, size_t count,
			   struct error *err)
{
	struct reader r = { text, 1 };
	int status = 0;

	while (*r.at && status == 0) {
		skip_blanks(&r);
		if (*r.at == '\n') {
			r.line++;
			r.at++;
		} else if (*r.at == '#') {
			skip_comment(&r);
		} else if (*r.at) {
			status = read_assignment(&r, items, count, err);
		}
	}
	return status;
}
