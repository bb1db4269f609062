/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/help.h"

#include <string.h>

#include "base/alloc.h"
#include "base/wrap.h"
#include "policy/finding.h"

/* What stands left, then text in its column; left has a line to itself where it is wider than that. */
static void put_entry(FILE *out, const char *left, size_t column, const char *text)
{
	if (fprintf(out, "%s", left) < (int)column)
		fprintf(out, "%*s", (int)(column - strlen(left)), "");
	else
		fprintf(out, "\n%*s", (int)column, "");
	put_wrapped(out, PAGE_WIDTH, column, column, text);
	fputc('\n', out);
}

/* Paragraphs, each a line of text. */
static void put_paragraphs(FILE *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = xstrndup(text, len);

		put_wrapped(out, PAGE_WIDTH, 0, 0, line);
		fputc('\n', out);
		text += len + (text[len] == '\n');
	}
}

static void print_options(FILE *out, uint64_t mask)
{
	char left[64];

	for (int i = 0; i < OPTION_MAX; i++) {
		const struct option_spec *o = &option_specs[i];
		char letter[8] = "    ";

		if (!(mask & OPTION_BIT(i)))
			continue;
		if (o->letter)
			snprintf(letter, sizeof(letter), "-%c, ", o->letter);
		snprintf(left, sizeof(left), "  %s--%s%s%s%s", letter, o->name,
			 o->takes == ARGUMENT_OPTIONAL ? "[=" : o->argument ? "=" : "",
			 o->argument ? o->argument : "",
			 o->takes == ARGUMENT_OPTIONAL ? "]" : "");
		put_entry(out, left, 27, o->help);
	}
}

void help_program(FILE *out)
{
	fputs("vfioadm gives a GPU to a virtual machine, and takes it back.\n\n"
	      "Usage: vfioadm [OPTION...] COMMAND [ARGUMENT...]\n\nCommands:\n", out);
	for (size_t i = 0; i < command_count; i++) {
		_cleanup_free_ char *left = xasprintf("  %-8s %s", commands[i]->name,
						      commands[i]->arguments);

		put_entry(out, left, 23, commands[i]->summary);
	}
	fputs("\nDEVICE is 01:00.0, 0000:01:00.0, 01:00 (the whole slot) or 1002:5159 (ids).\n\n"
	      "Options of every command:\n", out);
	print_options(out, OPTIONS_GLOBAL);
	fputs("\nExit status:\n", out);
	for (size_t i = 0; i < exit_code_meaning_count; i++) {
		_cleanup_free_ char *left = xasprintf("  %s", exit_code_meanings[i].code);

		put_entry(out, left, 9, exit_code_meanings[i].meaning);
	}
	fputs("\nvfioadm COMMAND --help tells more of one command.\n", out);
}

void help_command(FILE *out, const struct cmd *cmd)
{
	fprintf(out, "Usage: vfioadm %s [OPTION...]%s%s\n\n", cmd->name,
		*cmd->arguments ? " " : "", cmd->arguments);
	put_paragraphs(out, cmd->details);
	if (cmd->options) {
		fputs("\nOptions:\n", out);
		print_options(out, cmd->options);
	}
	fputs("\nOptions of every command:\n", out);
	print_options(out, OPTIONS_GLOBAL);
	if (cmd->action_count)
		fputs("\nActions:\n", out);
	for (size_t i = 0; i < cmd->action_count; i++) {
		_cleanup_free_ char *left = xasprintf("  %-7s%s", cmd->actions[i].name,
						      cmd->actions[i].arguments);

		put_entry(out, left, 17, cmd->actions[i].summary);
	}
	if (cmd->more_help)
		cmd->more_help(out);
}
