/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/complete.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"

/* What the words that help has in capitals stand for. A word that is not here is for people. */
static const struct {
	const char *word;
	enum completion_kind kind;
	const char *list;
} placeholders[] = {
	{ "DEVICE", COMPLETE_LIST, "devices" },	 { "ADDRESS", COMPLETE_LIST, "devices" },
	{ "CLAIM", COMPLETE_LIST, "claims" },	 { "FINDING-ID", COMPLETE_LIST, "findings" },
	{ "FORM", COMPLETE_LIST, "forms" },	 { "GUEST", COMPLETE_LIST, "guests" },
	{ "FILE", COMPLETE_FILE, NULL },	 { "FILE.tar", COMPLETE_FILE, NULL },
	{ "DIR", COMPLETE_DIRECTORY, NULL },
};

static struct completion completion_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
		if (strcmp(placeholders[i].word, word) == 0)
			return (struct completion){ placeholders[i].kind,
						    xstrdup(placeholders[i].list) };
	if (islower((unsigned char)*word))
		return (struct completion){ COMPLETE_WORD, xstrdup(word) };
	return (struct completion){ COMPLETE_NOTHING, NULL };
}

struct completions completions_of(const char *arguments)
{
	struct completions completions = { 0 };
	struct strv words = { 0 };

	strv_split(&words, arguments ? arguments : "", "[]| ");
	for (size_t i = 0; i < words.count; i++) {
		char *dots = strstr(words.items[i], "...");

		if (dots)
			*dots = '\0';
		ARRAY_GROW(completions.items, completions.count);
		completions.items[completions.count++] = completion_of(words.items[i]);
	}
	strv_release(&words);
	return completions;
}

void completions_release(struct completions *completions)
{
	for (size_t i = 0; i < completions->count; i++)
		free(completions->items[i].word);
	free(completions->items);
	*completions = (struct completions){ 0 };
}
