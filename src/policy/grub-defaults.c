/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/grub-defaults.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/kernel-words.h"
#include "policy/shell-assignments.h"

#define EVERY_ENTRY "GRUB_CMDLINE_LINUX"
#define USUAL_ENTRY "GRUB_CMDLINE_LINUX_DEFAULT"

static char *inside(const struct shell_value *value)
{
	int quotes = value->quote ? 1 : 0;

	return xstrndup(value->begin + quotes, (size_t)(value->end - value->begin) - 2 * quotes);
}

/* The text with value's place taken by words in quotes. */
static char *replace(const char *text, const struct shell_value *value, const char *words)
{
	char quote = value->quote ? value->quote : '"';

	return xasprintf("%.*s%c%s%c%s", (int)(value->begin - text), text, quote, words, quote,
			 value->end);
}

static char *append_line(const char *text, const char *word)
{
	size_t len = strlen(text);

	return xasprintf("%s%s" USUAL_ENTRY "=\"%s\"\n", text,
			 len > 0 && text[len - 1] != '\n' ? "\n" : "", word);
}

static int check(const struct shell_assignments *found, struct error *err)
{
	if (found->count > 1)
		return error_set(err, -EINVAL, "line %u: %s is assigned %u times", found->value.line,
				 found->name, found->count);
	if (found->count == 1 && !found->value.plain)
		return error_set(err, -EINVAL, "line %u: the value of %s has expansions, escapes, line "
				 "breaks or several pieces", found->value.line, found->name);
	return 0;
}

int grub_defaults_add(const char *text, const char *word, char **ret, struct error *err)
{
	struct shell_assignments found[] = { { .name = USUAL_ENTRY }, { .name = EVERY_ENTRY } };
	bool there = false;
	int r = 0;

	*ret = NULL;
	if (strchr(text, '\r'))
		return error_set(err, -EINVAL, "its lines end with carriage returns");
	r = shell_assignments_find(text, found, ARRAY_SIZE(found), err);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(found); i++) {
		_cleanup_free_ char *words = NULL;

		r = check(&found[i], err);
		if (r < 0 || found[i].count == 0)
			continue;
		words = inside(&found[i].value);
		r = kernel_words_have(words, word, &there, err);
		if (r < 0)
			return error_prefix(err, "line %u", found[i].value.line);
	}
	if (r < 0 || there)
		return r;
	if (found[0].count == 0) {
		*ret = append_line(text, word);
	} else {
		_cleanup_free_ char *words = inside(&found[0].value), *more = NULL;

		more = kernel_words_add(words, word);
		*ret = replace(text, &found[0].value, more);
	}
	return 0;
}
