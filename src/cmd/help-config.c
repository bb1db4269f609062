/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/help-roff.h"
#include "cmd/help.h"
#include "host/names.h"
#include "launch/guest-keys.h"

static void put_heading(FILE *out, const struct config_section *section)
{
	fprintf(out, "[%s%s]", section->word, section->named ? " NAME" : "");
}

/* "which accelerator; kvm|tcg|auto (kvm)": what it is, what there is to choose, what holds. */
static void put_values(FILE *out, const struct config_key *key)
{
	fputs(key->help, out);
	if (key->choices)
		fprintf(out, "; %s", key->choices);
	if (key->required)
		fputs(" (required)", out);
	else if (key->fallback)
		fprintf(out, " (%s)", key->fallback);
}

static void put_keys(FILE *out, const struct config_format *format)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];

		fputs("  ", out);
		put_heading(out, section);
		fprintf(out, "  %s\n", section->help);
		for (size_t j = 0; j < section->key_count; j++) {
			fprintf(out, "    %-16s ", section->keys[j].key);
			put_values(out, &section->keys[j]);
			fputc('\n', out);
		}
	}
}

void help_guest_keys(FILE *out)
{
	fputs("\nSections and keys of a guest file, with what holds when they are left out:\n", out);
	put_keys(out, &guest_format);
}

static void put_key(FILE *out, const struct config_key *key)
{
	char *text = NULL;
	size_t size;
	FILE *values = open_memstream(&text, &size);

	put_values(values, key);
	fclose(values);
	fputs(".TP\n\\fB", out);
	roff_put(out, key->key);
	fputs("\\fR=\n", out);
	roff_put(out, text);
	fputc('\n', out);
	free(text);
}

static void put_sections(FILE *out, const struct config_format *format)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct config_section *section = &format->sections[i];

		fputs(".SS ", out);
		put_heading(out, section);
		fputc('\n', out);
		roff_put(out, section->help);
		fputc('\n', out);
		for (size_t j = 0; j < section->key_count; j++)
			put_key(out, &section->keys[j]);
	}
}

#define FILE_RULES                                                                                 \
	"Sections in brackets, key=value, and comments from # or ; at the start of a line or "      \
	"after white space. A section or key that is not known is an error. The file must belong " \
	"to root, and nobody else may write to it. In parentheses is what holds when a key is "     \
	"left out.\n"

void help_guest_page(FILE *out)
{
	fputs(".TH VFIOADM\\-GUEST 5 \"\" \"vfioadm " VERSION "\" \"File Formats\"\n"
	      ".SH NAME\nvfioadm\\-guest \\- guests that vfioadm launches\n"
	      ".SH SYNOPSIS\n.I " NAME_GUESTS_DIR "/NAME.conf\n"
	      ".SH DESCRIPTION\n" FILE_RULES, out);
	put_sections(out, &guest_format);
	fputs(".SH \"SEE ALSO\"\n.BR vfioadm (8)\n", out);
}
