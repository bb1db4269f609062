/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/ini.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/library.h"

#define FUNCTIONS(X) X(ini_, parse_stream)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} ini;
static const char *const ini_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

#define FILE_MAX (1024 * 1024)

/*
 * inih joins indented lines to the one before, splits long ones and cuts section names, as its
 * build options say. So it is given one clean line at a time, and its handler runs before the next
 * one is asked for, which makes our line number exact.
 */
struct ini_reader {
	const char *next, *end; /* what is left of the file */
	struct ini_line line;
	char *section;
	int (*handler)(void *context, const struct ini_line *line, struct error *err);
	void *context;
	struct error *err;
	int result; /* the first failure ends the parse */
};

static int complain(struct ini_reader *reader, const char *why)
{
	return error_set(reader->err, -EINVAL, "%s:%u: %s", reader->line.file, reader->line.number,
			 why);
}

static bool is_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && !isspace((unsigned char)text[i]))
			return false;
	return true;
}

/* Shorten *ret_len to what stands before a comment, without the blanks around it. */
static const char *strip(const char *text, size_t *ret_len)
{
	const char *end = text + *ret_len;

	while (text < end && isspace((unsigned char)*text))
		text++;
	for (const char *p = text; p < end; p++) {
		if (strchr("#;", *p) && (p == text || isspace((unsigned char)p[-1])))
			end = p;
	}
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*ret_len = (size_t)(end - text);
	return text;
}

/* The next line that is not empty, clean and not terminated; NULL at the end or on garbage. */
static const char *next_line(struct ini_reader *reader, size_t *ret_len)
{
	while (reader->next < reader->end) {
		const char *start = reader->next, *text;
		const char *stop = memchr(start, '\n', (size_t)(reader->end - start));
		size_t len = (size_t)((stop ? stop : reader->end) - start);

		reader->next = start + len + (stop ? 1 : 0);
		reader->line.number++;
		if (!is_text(start, len)) {
			reader->result =
				complain(reader, "has control characters: not a text file");
			return NULL;
		}
		text = strip(start, &len);
		if (len > 0) {
			*ret_len = len;
			return text;
		}
	}
	return NULL;
}

static int read_heading(struct ini_reader *reader, const char *text, size_t len)
{
	if (len < 3 || text[len - 1] != ']' || memchr(text + 1, '[', len - 1) ||
	    memchr(text, ']', len - 1))
		return complain(reader, "not a heading: write it as [section] or [section name]");
	free(reader->section);
	reader->section = xstrndup(text + 1, len - 2);
	reader->line.section = reader->section;
	reader->line.key = reader->line.value = NULL;
	return reader->handler(reader->context, &reader->line, reader->err);
}

/* inih would take a colon for the equals sign. */
static int check_pair(struct ini_reader *reader, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);

	if (!equals || equals == text || memchr(text, ':', (size_t)(equals - text)))
		return complain(reader, "neither a [section] nor key=value");
	return 0;
}

/* As fgets(3) for inih: size counts the NUL. */
static char *feed_line(char *buf, int size, void *stream)
{
	struct ini_reader *reader = stream;
	const char *text;
	size_t len;

	if (reader->result < 0)
		return NULL;
	text = next_line(reader, &len);
	if (!text)
		return NULL;
	reader->result =
		*text == '[' ? read_heading(reader, text, len) : check_pair(reader, text, len);
	if (reader->result == 0 && len >= (size_t)size)
		reader->result = error_set(reader->err, -EINVAL,
					   "%s:%u: longer than %d characters: shorten the line",
					   reader->line.file, reader->line.number, size - 1);
	if (reader->result < 0)
		return NULL;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return buf;
}

/* inih's handler: true means success. No name is a heading, which feed_line() has dealt with. */
static int take_pair(void *stream, const char *section, const char *name, const char *value)
{
	struct ini_reader *reader = stream;

	(void)section;
	if (!name || reader->result < 0)
		return 1;
	reader->line.key = name;
	reader->line.value = value ? value : "";
	reader->result = reader->handler(reader->context, &reader->line, reader->err);
	return reader->result == 0;
}

int ini_read_text(const char *name, const char *text, size_t len,
		  int (*handler)(void *context, const struct ini_line *line, struct error *err),
		  void *context, struct error *err)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	struct ini_reader reader = { .handler = handler, .context = context, .err = err };
	int r = library_open(LIBRARY_INIH, ini_names, &ini, err);

	if (r < 0)
		return r;
	reader.next = text;
	reader.end = text + len;
	if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
		reader.next += strlen(byte_order_mark);
	reader.line = (struct ini_line){ .file = name, .section = "" };
	r = ini.parse_stream(feed_line, &reader, take_pair, &reader);
	if (r != 0 && reader.result == 0)
		reader.result = r < 0 ? error_errno(err, -ENOMEM, "%s: cannot be parsed", name)
				      : complain(&reader, "cannot be parsed");
	free(reader.section);
	return reader.result;
}

int ini_read_file(int dirfd, const char *path,
		  int (*handler)(void *context, const struct ini_line *line, struct error *err),
		  void *context, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	ssize_t len = fileat_read_all(dirfd, path, FILE_MAX, &text);

	if (len < 0)
		return error_errno(err, (int)len, "%s: cannot be read", path);
	return ini_read_text(path, text, (size_t)len, handler, context, err);
}
