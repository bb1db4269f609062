/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/import.h"

#include <string.h>

#include "base/alloc.h"
#include "launch/guest-keys.h"

static struct import_section *section_at(struct import *import, const char *heading)
{
	for (size_t i = 0; i < import->count; i++)
		if (strcmp(import->sections[i].heading, heading) == 0)
			return &import->sections[i];
	ARRAY_GROW(import->sections, import->count);
	import->sections[import->count] = (struct import_section){ .heading = xstrdup(heading) };
	return &import->sections[import->count++];
}

/* A guest file has no way to say a line's end in a value, nor what looks like a comment. */
static void make_sayable(struct import *import, char *line)
{
	bool changed = false;

	for (char *c = line + 1; *line != '#' && *c; c++)
		if ((unsigned char)*c < ' ' || (strchr("#;", *c) && strchr(" =", c[-1]))) {
			*c = '?';
			changed = true;
		}
	if (changed)
		strv_addf(&import->warnings, "%s: a guest file cannot say this value: a ? is in place "
			  "of what it cannot", line);
}

/* A key that is said again replaces what was said before, as QEMU's options do. */
void import_line(struct import *import, const char *heading, const char *fmt, ...)
{
	struct strv *lines = &section_at(import, heading)->lines;
	_cleanup_free_ char *line = NULL;
	va_list ap;

	va_start(ap, fmt);
	line = xvasprintf(fmt, ap);
	va_end(ap);
	make_sayable(import, line);
	for (size_t i = 0; *line != '#' && i < lines->count; i++)
		if (strncmp(lines->items[i], line, strcspn(line, "=") + 1) == 0) {
			free(lines->items[i]);
			lines->items[i] = TAKE_PTR(line);
			return;
		}
	strv_add(lines, line);
}

char *import_heading(const struct import *import, const char *kind)
{
	size_t len = strlen(kind), number = 1;

	for (size_t i = 0; i < import->count; i++)
		number += strncmp(import->sections[i].heading, kind, len) == 0 &&
			  import->sections[i].heading[len] == ' ';
	return xasprintf("%s %s%zu", kind, kind, number);
}

void import_extra(struct import *import, const char *option, const char *value)
{
	_cleanup_free_ char *heading = import_heading(import, "extra");

	import_line(import, heading, "# not understood, and given to QEMU as it is");
	import_line(import, heading, "option=%s", option);
	if (value)
		import_line(import, heading, "value=%s", value);
	strv_addf(&import->warnings, "%s%s%s: has no key of its own, and became [%s]", option,
		  value ? " " : "", value ? value : "", heading);
}

/* In the order of the format's table, whatever the order of the options was. */
void import_print(const struct import *import, FILE *out)
{
	fputs("# made by vfioadm guest import\n", out);
	for (size_t k = 0; k < guest_format.count; k++) {
		const char *word = guest_format.sections[k].word;
		size_t len = strlen(word);

		for (size_t i = 0; i < import->count; i++) {
			const struct import_section *section = &import->sections[i];

			if (strncmp(section->heading, word, len) != 0 ||
			    (section->heading[len] != ' ' && section->heading[len] != '\0'))
				continue;
			fprintf(out, "\n[%s]\n", section->heading);
			for (size_t j = 0; j < section->lines.count; j++)
				fprintf(out, "%s\n", section->lines.items[j]);
		}
	}
}

void import_release(struct import *import)
{
	for (size_t i = 0; i < import->count; i++) {
		free(import->sections[i].heading);
		strv_release(&import->sections[i].lines);
	}
	free(import->sections);
	strv_release(&import->warnings);
	strv_release(&import->drives);
	strv_release(&import->netdevs);
	*import = (struct import){ 0 };
}
