/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "cmd/complete.h"
#include "cmd/help.h"

/* An address of domain 0 can be typed, and so completed, without it. */
static const char list_function[] =
	"# fish completion for vfioadm, made by vfioadm --help=fish\n"
	"function __vfioadm_list\n"
	"\tset -l typed (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
	"\tset -l program (commandline -opc)[1]\n"
	"\tset -lx PATH $PATH " SBINDIR "\n"
	"\tif test $argv[1] = devices; and not string match -q '000*' -- \"$typed\"\n"
	"\t\t$program --help=$argv[1] 2>/dev/null | string replace -r '^0000:' ''\n"
	"\telse\n"
	"\t\t$program --help=$argv[1] 2>/dev/null\n"
	"\tend\n"
	"end\n";

static void put_quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('\'', out);
}

/* Are these the first words that are no options? With -x: and the only ones. */
static void put_condition_function(FILE *out)
{
	fputs("function __vfioadm_at\n"
	      "\targparse -s x -- $argv\n"
	      "\tset -l words\n\tset -l value no\n"
	      "\tfor word in (commandline -opc)[2..-1]\n"
	      "\t\tif test $value = yes\n\t\t\tset value no\n\t\t\tcontinue\n\t\tend\n"
	      "\t\tswitch $word\n\t\tcase", out);
	for (int i = 0; i < OPTION_MAX; i++)
		if (option_specs[i].takes == ARGUMENT_REQUIRED)
			fprintf(out, " --%s", option_specs[i].name);
	fputs("\n\t\t\tset value yes\n\t\tcase '-*'\n\t\tcase '*'\n\t\t\tset -a words $word\n"
	      "\t\tend\n\tend\n"
	      "\tset -q _flag_x; and test (count $words) -ne (count $argv); and return 1\n"
	      "\ttest (count $argv) -eq 0; and return 0\n"
	      "\tset -l last (count $argv)\n"
	      "\ttest \"$words[1..$last]\" = \"$argv\"\n"
	      "end\n"
	      "complete -c vfioadm -f\n", out);
}

/* " -x -a '...'" after "complete" */
static void put_completions(FILE *out, const char *arguments, bool of_option)
{
	struct completions completions = completions_of(arguments);
	char *words = NULL;
	size_t size;
	FILE *list = xopen_memstream(&words, &size);
	bool files = false;

	for (size_t i = 0; i < completions.count; i++) {
		const struct completion *c = &completions.items[i];

		if (c->kind == COMPLETE_WORD)
			fprintf(list, " %s", c->word);
		else if (c->kind == COMPLETE_LIST)
			fprintf(list, " (__vfioadm_list %s)", c->word);
		else if (c->kind == COMPLETE_DIRECTORY)
			fputs(" (__fish_complete_directories)", list);
		files |= c->kind == COMPLETE_FILE;
	}
	fclose(list);
	fputs(of_option ? " -r" : "", out);
	fputs(files ? " -F" : " -f", out);
	if (*words) {
		fputs(" -k -a ", out);
		put_quoted(out, words + 1);
	}
	free(words);
	completions_release(&completions);
}

static void put_start(FILE *out, const char *option, const char *verb, const char *action)
{
	fprintf(out, "complete -c vfioadm -n '__vfioadm_at%s%s%s%s%s'", option, *verb ? " " : "", verb,
		*action ? " " : "", action);
}

static void put_options(FILE *out, uint64_t mask, const char *verb, const char *action)
{
	for (int i = 0; i < OPTION_MAX; i++) {
		const struct option_spec *o = &option_specs[i];

		if (!(mask & OPTION_BIT(i)))
			continue;
		put_start(out, "", verb, action);
		fprintf(out, " -l %s", o->name);
		if (o->letter)
			fprintf(out, " -s %c", o->letter);
		if (o->takes == ARGUMENT_REQUIRED)
			put_completions(out, o->argument, true);
		fputs(" -d ", out);
		put_quoted(out, o->help);
		fputc('\n', out);
	}
}

static void put_arguments(FILE *out, const char *arguments, const char *verb, const char *action)
{
	if (!*arguments)
		return;
	put_start(out, "", verb, action);
	put_completions(out, arguments, false);
	fputc('\n', out);
}

static void put_name(FILE *out, const char *verb, const char *name, const char *summary)
{
	put_start(out, " -x", verb, "");
	fprintf(out, " -a %s -d ", name);
	put_quoted(out, summary);
	fputc('\n', out);
}

static void put_command(FILE *out, const struct cmd *cmd)
{
	put_name(out, "", cmd->name, cmd->summary);
	for (size_t i = 0; i < cmd->action_count; i++) {
		const struct action *action = &cmd->actions[i];

		put_name(out, cmd->name, action->name, action->summary);
		put_options(out, action->options, cmd->name, action->name);
		put_arguments(out, action->arguments, cmd->name, action->name);
	}
	if (cmd->action_count)
		return;
	put_options(out, cmd->options, cmd->name, "");
	put_arguments(out, cmd->arguments, cmd->name, "");
}

void help_fish_completion(FILE *out)
{
	fputs(list_function, out);
	put_condition_function(out);
	put_options(out, OPTIONS_GLOBAL, "", "");
	for (size_t i = 0; i < command_count; i++)
		put_command(out, commands[i]);
}
