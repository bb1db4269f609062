/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text with a QEMU command in it becomes a guest file whose every section and key are known:
 * nothing in a value begins a line of its own.
 */
#include <string.h>

#include "fuzz.h"
#include "launch/guest-keys.h"
#include "launch/import.h"

static size_t headings_in(const char *text)
{
	size_t count = *text == '[';

	while ((text = strstr(text, "\n["))) {
		count++;
		text++;
	}
	return count;
}

static void check_line(const struct config_section *section, const char *line)
{
	_cleanup_free_ char *key = xstrndup(line, strcspn(line, "="));

	check(!strchr(line, '\n'));
	check(line[0] == '#' || config_key_find(section, key));
}

static void check_section(const struct import_section *made)
{
	const struct config_section *section =
		config_section_find(&guest_format, made->heading, strcspn(made->heading, " "));

	check(section != NULL);
	for (size_t i = 0; i < made->lines.count; i++)
		check_line(section, made->lines.items[i]);
}

/* Its values may be wrong: then a person is told which. */
static void check_guest_file(const char *text, size_t len)
{
	struct guest guest = { 0 };
	struct error err = { .code = 0 };

	if (config_read_text(&guest_format, "made.conf", text, len, &guest, &err) < 0)
		check(strncmp(err.msg, "made.conf:", 10) == 0);
	guest_release(&guest);
}

static void check_import(const struct strv *words, struct import *import)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	check(out && words->count > 0);
	import_options(import, words);
	import_print(import, out);
	fclose(out);
	check(strlen(text) == len && headings_in(text) == import->count);
	for (size_t i = 0; i < import->count; i++)
		check_section(&import->sections[i]);
	check_guest_file(text, len);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xcalloc(size + 1, 1);
	struct import import = { 0 };
	struct strv words = { 0 };
	struct error err = { .code = 0 };

	memcpy(text, data, size);
	if (import_words(text, size, &words, &import.warnings, &err) == 0)
		check_import(&words, &import);
	else
		check(err.code != 0 && err.msg[0]);
	strv_release(&words);
	import_release(&import);
	return 0;
}
