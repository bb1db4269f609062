/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/kernel-words.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strv.h"

#define BLANKS " \t\n"

/* The kernel takes "-" and "_" in keys for one and the same. */
static bool same_key(const char *a, const char *b)
{
	for (; *a && *a != '=' && *b && *b != '='; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return (!*a || *a == '=') && (!*b || *b == '=');
}

static bool quotes_are_open(const char *text)
{
	bool open = false;

	for (; *text; text++)
		open ^= *text == '"';
	return open;
}

int kernel_words_have(const char *words, const char *word, bool *there, struct error *err)
{
	struct strv list = { 0 };
	int r = 0;

	if (quotes_are_open(words))
		return error_set(err, -EINVAL, "a quotation mark in the words for the kernel is never "
				 "closed");
	strv_split(&list, words, BLANKS);
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		if (strcmp(list.items[i], word) == 0)
			*there = true;
		else if (same_key(list.items[i], word))
			r = error_set(err, -EINVAL, "it says %.100s already", list.items[i]);
		/* What comes behind it is for process 1, not for the kernel. */
		else if (strcmp(list.items[i], "--") == 0)
			r = error_set(err, -EINVAL, "it has words for process 1, behind --");
	}
	strv_release(&list);
	return r;
}

/* Where the last word of text ends. */
static size_t end_of_words(const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && strchr(BLANKS, text[len - 1]))
		len--;
	return len;
}

char *kernel_words_add(const char *words, const char *word)
{
	size_t len = end_of_words(words);

	return xasprintf("%.*s%s%s%s", (int)len, words, len ? " " : "", word, words + len);
}

static bool has_comment(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (line[strspn(line, " \t")] == '#')
			return true;
	}
	return false;
}

int kernel_cmdline_add(const char *text, const char *word, char **ret, struct error *err)
{
	bool there = false;
	int r;

	*ret = NULL;
	if (has_comment(text))
		return error_set(err, -EINVAL, "it has a comment, which some programs take for words");
	if (!text[strspn(text, BLANKS)])
		return error_set(err, -EINVAL, "there is not a word in it, not even what the root file "
				 "system is");
	r = kernel_words_have(text, word, &there, err);
	if (r == 0 && !there)
		*ret = kernel_words_add(text, word);
	return r;
}

/* The value of an "options" line, or NULL; *ret_len is its length. */
static const char *options_of(const char *line, size_t *ret_len)
{
	static const char key[] = "options";
	const char *value;

	line += strspn(line, " \t");
	if (strncmp(line, key, strlen(key)) != 0)
		return NULL;
	value = line + strlen(key);
	if (*value != ' ' && *value != '\t')
		return NULL;
	value += strspn(value, " \t");
	*ret_len = strcspn(value, "\n");
	return value;
}

/* An entry may have several lines of options: they are read as one. */
int loader_entry_add(const char *text, const char *word, char **ret, struct error *err)
{
	const char *last = NULL;
	size_t last_len = 0, len;
	bool there = false;

	*ret = NULL;
	if (strchr(text, '\r'))
		return error_set(err, -EINVAL, "its lines end with carriage returns");
	for (const char *line = text; line; line = strchr(line, '\n')) {
		_cleanup_free_ char *words = NULL;
		const char *value;
		int r;

		line += *line == '\n';
		value = options_of(line, &len);
		if (!value)
			continue;
		words = xstrndup(value, len);
		last = value;
		last_len = len;
		if (strchr(words, '$'))
			return error_set(err, -EINVAL, "its options have a variable in them");
		r = kernel_words_have(words, word, &there, err);
		if (r < 0)
			return r;
	}
	if (!last)
		return error_set(err, -EINVAL, "it has no line of options");
	if (!there) {
		_cleanup_free_ char *words = xstrndup(last, last_len), *more = NULL;

		more = kernel_words_add(words, word);
		*ret = xasprintf("%.*s%s%s", (int)(last - text), text, more, last + last_len);
	}
	return 0;
}
