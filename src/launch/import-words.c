/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/import.h"

struct reader {
	const char *at, *end;
	struct strv *words, *warnings;
	char *word; /* room for all that is left */
	size_t len;
	bool in_word;
};

static bool is_program(const char *at, const char *end)
{
	static const char *const names[] = { "qemu-system-", "qemu-kvm" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if ((size_t)(end - at) >= strlen(names[i]) &&
		    memcmp(at, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Where the word begins that names the program; a line that is a comment does not count. */
static const char *find_program(const char *text, const char *end)
{
	bool comment = false, line_start = true;

	for (const char *at = text; at < end; at++) {
		const char *start = at;

		if (*at == '\n') {
			comment = false;
			line_start = true;
			continue;
		}
		comment |= line_start && *at == '#';
		line_start &= *at == ' ' || *at == '\t';
		if (comment || !is_program(at, end))
			continue;
		while (start > text && (isalnum((unsigned char)start[-1]) || strchr("/._-", start[-1])) &&
		       start[-1])
			start--;
		if (start == at || at[-1] == '/')
			return start;
	}
	return NULL;
}

static void end_word(struct reader *reader)
{
	reader->word[reader->len] = '\0';
	if (reader->in_word)
		strv_add(reader->words, reader->word);
	reader->len = 0;
	reader->in_word = false;
}

static void put(struct reader *reader, char c)
{
	reader->word[reader->len++] = c;
	reader->in_word = true;
}

static void note_expansion(struct reader *reader)
{
	const char *end = reader->at;

	while (end < reader->end && !strchr(" \t\n'\"", *end))
		end++;
	strv_addf(reader->warnings, "%.*s: the shell would put something in its place; it is left as "
		  "it is: correct it", (int)(end - reader->at), reader->at);
}

static int read_quoted(struct reader *reader, struct error *err)
{
	char quote = *reader->at++;

	reader->in_word = true;
	for (; reader->at < reader->end && *reader->at != quote; reader->at++) {
		if (quote == '"' && *reader->at == '\\' && reader->at + 1 < reader->end &&
		    strchr("\\\"$`\n", reader->at[1])) {
			if (*++reader->at == '\n')
				continue;
		} else if (quote == '"' && strchr("$`", *reader->at)) {
			note_expansion(reader);
		}
		put(reader, *reader->at);
	}
	if (reader->at == reader->end)
		return error_set(err, -EINVAL, "a quotation mark (%c) is not closed", quote);
	reader->at++;
	return 0;
}

/* A newline ends the command, unless a line follows that begins with an option. */
static bool goes_on(const struct reader *reader)
{
	const char *at = reader->at;

	while (at < reader->end && isspace((unsigned char)*at))
		at++;
	return at + 1 < reader->end && *at == '-' && isalpha((unsigned char)at[*(at + 1) == '-' ? 2 : 1]);
}

static int read_shell(struct reader *reader, struct error *err)
{
	while (reader->at < reader->end) {
		char c = *reader->at;

		if (c == '\'' || c == '"') {
			int r = read_quoted(reader, err);

			if (r < 0)
				return r;
			continue;
		}
		if (c == '\\' && reader->at + 1 < reader->end) {
			if (reader->at[1] == '\n')
				end_word(reader);
			else
				put(reader, reader->at[1]);
			reader->at += 2;
			continue;
		}
		if (c == '\n' && !goes_on(reader))
			break;
		if (strchr(";&|<>", c)) {
			strv_addf(reader->warnings, "what follows \"%c\" is for the shell, and is left "
				  "out", c);
			break;
		}
		if (c == '#' && !reader->in_word) {
			while (reader->at < reader->end && *reader->at != '\n')
				reader->at++;
			continue;
		}
		if (strchr("$`", c))
			note_expansion(reader);
		if (isspace((unsigned char)c))
			end_word(reader);
		else
			put(reader, c);
		reader->at++;
	}
	end_word(reader);
	return 0;
}

static void read_cmdline(struct reader *reader)
{
	for (; reader->at < reader->end; reader->at++) {
		if (*reader->at == '\0') {
			reader->in_word = true;
			end_word(reader);
		} else {
			put(reader, *reader->at);
		}
	}
	end_word(reader);
}

int import_words(const char *text, size_t len, struct strv *words, struct strv *warnings,
		 struct error *err)
{
	struct reader reader = { .end = text + len, .words = words, .warnings = warnings };
	int r = 0;

	reader.at = find_program(text, reader.end);
	if (!reader.at)
		return error_set(err, -ENOENT, "there is no command of QEMU in it: no qemu-system-...");
	reader.word = xcalloc((size_t)(reader.end - reader.at) + 1, 1);
	if (memchr(reader.at, '\0', (size_t)(reader.end - reader.at)))
		read_cmdline(&reader);
	else
		r = read_shell(&reader, err);
	free(reader.word);
	return r;
}
