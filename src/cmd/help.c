/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/help.h"

#include <string.h>

#include "policy/finding.h"

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
		snprintf(left, sizeof(left), "%s--%s%s%s%s", letter, o->name,
			 o->takes == ARGUMENT_OPTIONAL ? "[=" : o->argument ? "=" : "",
			 o->argument ? o->argument : "",
			 o->takes == ARGUMENT_OPTIONAL ? "]" : "");
		/* What is too long for its column has the line to itself. */
		fprintf(out, "  %-24s%s%s\n", left,
			strlen(left) > 24 ? "\n                           " : " ", o->help);
	}
}

void help_program(FILE *out)
{
	fputs("vfioadm gives a GPU to a virtual machine, and takes it back.\n\n"
	      "Usage: vfioadm [OPTION...] COMMAND [ARGUMENT...]\n\nCommands:\n", out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "  %-8s %-11s %s\n", commands[i]->name, commands[i]->arguments,
			commands[i]->summary);
	fputs("\nDEVICE is 01:00.0, 0000:01:00.0, 01:00 (the whole slot) or 1002:5159 (ids).\n\n"
	      "Options of every command:\n", out);
	print_options(out, OPTIONS_GLOBAL);
	fputs("\nExit status:\n", out);
	for (size_t i = 0; i < exit_code_meaning_count; i++)
		fprintf(out, "  %-6s %s\n", exit_code_meanings[i].code,
			exit_code_meanings[i].meaning);
	fputs("\nvfioadm COMMAND --help tells more of one command.\n", out);
}

void help_command(FILE *out, const struct cmd *cmd)
{
	fprintf(out, "Usage: vfioadm %s [OPTION...]%s%s\n\n%s\n", cmd->name,
		*cmd->arguments ? " " : "", cmd->arguments, cmd->details);
	if (cmd->options) {
		fputs("\nOptions:\n", out);
		print_options(out, cmd->options);
	}
	fputs("\nOptions of every command:\n", out);
	print_options(out, OPTIONS_GLOBAL);
	if (cmd->action_count)
		fputs("\nActions:\n", out);
	for (size_t i = 0; i < cmd->action_count; i++)
		fprintf(out, "  %-7s%-7s %s\n", cmd->actions[i].name, cmd->actions[i].arguments,
			cmd->actions[i].summary);
	if (cmd->more_help)
		cmd->more_help(out);
}
