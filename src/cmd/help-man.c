/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/help-roff.h"
#include "cmd/help.h"
#include "host/names.h"
#include "policy/finding.h"

/* A dash that is to be copied to a command line has to be written as \-. An empty line is a paragraph. */
void roff_put(FILE *out, const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && *text == '\n')
			fputs(".PP", out);
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		if (*text == '-' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
		line_start = *text == '\n';
	}
}

static void put_options(FILE *out, uint64_t mask)
{
	for (int i = 0; i < OPTION_MAX; i++) {
		const struct option_spec *o = &option_specs[i];

		if (!(mask & OPTION_BIT(i)))
			continue;
		fputs(".TP\n", out);
		if (o->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
		fputs("\\fB\\-\\-", out);
		roff_put(out, o->name);
		fputs("\\fR", out);
		if (o->argument) {
			fputs(o->takes == ARGUMENT_OPTIONAL ? "[=\\fI" : "=\\fI", out);
			roff_put(out, o->argument);
			fputs(o->takes == ARGUMENT_OPTIONAL ? "\\fR]" : "\\fR", out);
		}
		fputc('\n', out);
		roff_put(out, o->help);
		fputc('\n', out);
	}
}

/* Each with its own options: those that are another action's are refused. */
static void put_actions(FILE *out, const struct cmd *cmd)
{
	for (size_t i = 0; i < cmd->action_count; i++) {
		const struct action *action = &cmd->actions[i];

		fprintf(out, ".TP\n\\fB%s %s\\fR", cmd->name, action->name);
		if (*action->arguments)
			fprintf(out, " \\fI%s\\fR", action->arguments);
		fputc('\n', out);
		roff_put(out, action->summary);
		for (int o = 0, any = 0; o < OPTION_MAX; o++)
			if (action->options & OPTION_BIT(o)) {
				fputs(any++ ? ", \\fB\\-\\-" : "; with \\fB\\-\\-", out);
				roff_put(out, option_specs[o].name);
				fputs("\\fR", out);
			}
		fputc('\n', out);
	}
}

static void put_commands(FILE *out)
{
	fputs(".SH COMMANDS\n", out);
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, ".SS \"%s %s\"\n", commands[i]->name, commands[i]->arguments);
		roff_put(out, commands[i]->details);
		fputc('\n', out);
		put_actions(out, commands[i]);
		put_options(out, commands[i]->options);
	}
}

static void put_findings(FILE *out)
{
	fputs(".SH FINDINGS\nA finding of severity block stops the command unless\n"
	      ".B \\-\\-allow\nnames its id.\n", out);
	for (int i = 0; i < FINDING_MAX; i++) {
		fputs(".TP\n\\fB", out);
		roff_put(out, finding_kinds[i].id);
		fprintf(out, "\\fR (%s)\n", finding_severity_to_string(finding_kinds[i].severity));
		roff_put(out, finding_kinds[i].title);
		fputc('\n', out);
	}
}

static void put_exit_codes(FILE *out)
{
	fputs(".SH \"EXIT STATUS\"\n", out);
	for (size_t i = 0; i < exit_code_meaning_count; i++) {
		fprintf(out, ".TP\n.B %s\n", exit_code_meanings[i].code);
		roff_put(out, exit_code_meanings[i].meaning);
		fputc('\n', out);
	}
}

static void put_files(FILE *out)
{
	static const char *const files[][2] = {
		{ NAME_CLAIMS_DIR "/NAME.conf", "claims: devices that vfio-pci has from the boot on" },
		{ NAME_CLAIMS_DIR_OF_IMAGE "/NAME.conf", "the same, for what images bring" },
		{ NAME_UDEV_SETTINGS, "VFIOADM_GROUP=GROUP: whose the nodes /dev/vfio/N are to be" },
		{ NAME_GUESTS_DIR "/NAME.conf", "guests that launch knows by name" },
		{ NAME_EXAMPLES_DIR, "guest files to start from" },
		{ NAME_SETUP_DIR "/record.json", "what setup has changed, for --continue and --undo" },
		{ NAME_HELD_DIR "/ADDRESS", "what a device had before it was bound" },
		{ NAME_RUNNING_DIR "/NAME", "a guest that runs: its record, its journal, and QEMU's "
		  "monitor for programs, qmp.sock, to which only root can connect" },
		{ NAME_LOG_DIR "/NAME.log", "what a guest's vfioadm and QEMU say after launch "
		  "--detach" },
		{ NAME_STATE_DIR "/journal", "the change under way; left behind only by a crash" },
	};

	fputs(".SH FILES\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		fprintf(out, ".TP\n.I %s\n", files[i][0]);
		roff_put(out, files[i][1]);
		fputc('\n', out);
	}
}

void help_man_page(FILE *out)
{
	fputs(".TH VFIOADM 8 \"\" \"vfioadm " VERSION "\" \"System Administration\"\n"
	      ".SH NAME\nvfioadm \\- give a GPU to a virtual machine, and take it back\n"
	      ".SH SYNOPSIS\n.B vfioadm\n[\\fIOPTION\\fR...] \\fICOMMAND\\fR "
	      "[\\fIARGUMENT\\fR...]\n"
	      ".SH DESCRIPTION\nA \\fIDEVICE\\fR is 01:00.0, 0000:01:00.0, 01:00 (every function "
	      "of the slot) or 1002:5159 (the one device with these ids).\n"
	      ".SH OPTIONS\nThese go with every command.\n", out);
	put_options(out, OPTIONS_GLOBAL);
	put_commands(out);
	put_findings(out);
	put_exit_codes(out);
	put_files(out);
	fputs(".SH \"SEE ALSO\"\n.BR lspci (8),\n.BR qemu\\-system\\-x86_64 (1),\n"
	      ".BR vfioadm\\-guest (5),\n.BR vfioadm\\-claims (5),\n.BR modprobe.d (5)\n", out);
}
