/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/complete.h"
#include "cmd/help.h"

/* An address of domain 0 can be typed, and so completed, without it. _describe() splits at colons. */
static const char functions[] =
	"#compdef vfioadm\n"
	"# zsh completion for vfioadm, made by vfioadm --help=zsh\n"
	"_vfioadm_list() {\n"
	"\tlocal -a items\n"
	"\titems=(${(f)\"$(PATH=$PATH:" SBINDIR " ${(e)program} --help=$1 2>/dev/null)\"})\n"
	"\t[[ $1 == devices && $PREFIX != 000* ]] && items=(\"${(@)items#0000:}\")\n"
	"\titems=(\"${(@)items//:/\\\\:}\")\n"
	"\titems=(\"${(@)items/$'\\t'/:}\")\n"
	"\t_describe -V -t $1 $1 items\n"
	"}\n";

/* Inside of single quotes; brackets and colons mean something to _arguments(). */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			fputc('\\', out);
		fputs(*text == '\'' ? "'\\''" : (char[]){ *text, '\0' }, out);
	}
}

/* ":DEVICE:{_vfioadm_list devices}" */
static void put_completions(FILE *out, const char *arguments)
{
	struct completions completions = completions_of(arguments);

	fputc(':', out);
	put_text(out, arguments);
	fputs(":{", out);
	for (size_t i = 0; i < completions.count; i++) {
		const struct completion *c = &completions.items[i];

		fputs(i ? "; " : "", out);
		if (c->kind == COMPLETE_WORD)
			fprintf(out, "compadd -V words %s", c->word);
		else if (c->kind == COMPLETE_LIST)
			fprintf(out, "_vfioadm_list %s", c->word);
		else
			fputs(c->kind == COMPLETE_FILE	      ? "_files"
			      : c->kind == COMPLETE_DIRECTORY ? "_files -/"
							      : "_message -e \"\"", out);
	}
	fputc('}', out);
	completions_release(&completions);
}

static void put_options(FILE *out, uint64_t mask, const char *indent)
{
	for (int i = 0; i < OPTION_MAX; i++) {
		const struct option_spec *o = &option_specs[i];

		if (!(mask & OPTION_BIT(i)))
			continue;
		fprintf(out, " \\\n%s'*--%s%s[", indent, o->name,
			o->takes == ARGUMENT_REQUIRED ? "=" : o->takes == ARGUMENT_OPTIONAL ? "=-" : "");
		put_text(out, o->help);
		fputc(']', out);
		if (o->takes == ARGUMENT_OPTIONAL)
			fputc(':', out);
		if (o->takes != ARGUMENT_NONE)
			put_completions(out, o->argument);
		fputc('\'', out);
		if (o->letter && o->takes == ARGUMENT_NONE) {
			fprintf(out, " '-%c[", o->letter);
			put_text(out, o->help);
			fputs("]'", out);
		}
	}
}

/* As many positional arguments as there may be. */
static void put_arguments(FILE *out, const char *arguments, int max, const char *indent)
{
	if (max < 0) {
		fprintf(out, " \\\n%s'*", indent);
		put_completions(out, arguments);
		fputc('\'', out);
	}
	for (int i = 1; i <= max; i++) {
		fprintf(out, " \\\n%s'%d", indent, i);
		put_completions(out, arguments);
		fputc('\'', out);
	}
}

static void put_name(FILE *out, const char *name, const char *summary)
{
	fprintf(out, "\t\t\t'%s:", name);
	put_text(out, summary);
	fputs("'\n", out);
}

static void put_actions(FILE *out, const struct cmd *cmd)
{
	fprintf(out, "_vfioadm_verb_%s() {\n\tlocal curcontext=$curcontext state line\n\tlocal -a names\n"
		     "\t_arguments -C $global '1:action:->action' '*::argument:->argument'\n"
		     "\tcase $state in\n\taction)\n\t\tnames=(\n", cmd->name);
	for (size_t i = 0; i < cmd->action_count; i++)
		put_name(out, cmd->actions[i].name, cmd->actions[i].summary);
	fputs("\t\t)\n\t\t_describe -V -t actions action names ;;\n\targument)\n"
	      "\t\tcase $line[1] in\n", out);
	for (size_t i = 0; i < cmd->action_count; i++) {
		const struct action *action = &cmd->actions[i];

		fprintf(out, "\t\t%s) _arguments $global", action->name);
		put_options(out, action->options, "\t\t\t");
		put_arguments(out, action->arguments, action->max_args, "\t\t\t");
		fputs(" ;;\n", out);
	}
	fputs("\t\tesac ;;\n\tesac\n}\n", out);
}

static void put_command(FILE *out, const struct cmd *cmd)
{
	if (cmd->action_count) {
		put_actions(out, cmd);
		return;
	}
	fprintf(out, "_vfioadm_verb_%s() {\n\t_arguments $global", cmd->name);
	put_options(out, cmd->options, "\t\t");
	put_arguments(out, cmd->arguments, cmd->max_args, "\t\t");
	fputs("\n}\n", out);
}

void help_zsh_completion(FILE *out)
{
	fputs(functions, out);
	for (size_t i = 0; i < command_count; i++)
		put_command(out, commands[i]);
	fputs("_vfioadm() {\n\tlocal curcontext=$curcontext state line program=$words[1]\n"
	      "\tlocal -a global names\n\tglobal=(", out);
	put_options(out, OPTIONS_GLOBAL, "\t\t");
	fputs("\n\t)\n\t_arguments -C $global '1:command:->command' '*::argument:->argument'\n"
	      "\tcase $state in\n\tcommand)\n\t\tnames=(\n", out);
	for (size_t i = 0; i < command_count; i++)
		put_name(out, commands[i]->name, commands[i]->summary);
	fputs("\t\t)\n\t\t_describe -V -t commands command names ;;\n"
	      "\targument) (( $+functions[_vfioadm_verb_$line[1]] )) && _vfioadm_verb_$line[1] ;;\n"
	      "\tesac\n}\n"
	      "_vfioadm \"$@\"\n", out);
}
