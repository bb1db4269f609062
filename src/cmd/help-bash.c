/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/complete.h"
#include "cmd/help.h"

/*
 * Words are offered only by comparison: to compgen -W they would be code. bash breaks words at colons
 * and replaces what is behind the last; and an address of domain 0 can be typed without it.
 */
static const char functions[] =
	"# bash completion for vfioadm, made by vfioadm --help=bash\n"
	"_vfioadm_offer()\n{\n"
	"\tlocal word\n"
	"\tfor word; do\n"
	"\t\t[[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$(printf %q \"$word\")\")\n"
	"\tdone\n}\n"
	"_vfioadm_list()\n{\n"
	"\tlocal word rest\n"
	"\twhile IFS=$'\\t' read -r word rest; do\n"
	"\t\t[[ $1 == devices && $cur != 000* ]] && word=${word#0000:}\n"
	"\t\t_vfioadm_offer \"$word\"\n"
	"\tdone < <(PATH=$PATH:" SBINDIR " \"$program\" --help=\"$1\" 2>/dev/null)\n}\n"
	"_vfioadm_paths()\n{\n"
	"\tlocal path\n"
	"\twhile read -r path; do\n"
	"\t\tCOMPREPLY+=(\"$path\")\n"
	"\tdone < <(compgen \"$1\" -- \"$cur\")\n"
	"\tcompopt -o filenames\n}\n";

static void put_completions(FILE *out, const char *arguments)
{
	struct completions completions = completions_of(arguments);

	for (size_t i = 0; i < completions.count; i++) {
		const struct completion *c = &completions.items[i];

		if (c->kind == COMPLETE_WORD)
			fprintf(out, " _vfioadm_offer %s;", c->word);
		else if (c->kind == COMPLETE_LIST)
			fprintf(out, " _vfioadm_list %s;", c->word);
		else if (c->kind != COMPLETE_NOTHING)
			fprintf(out, " _vfioadm_paths -%c;",
				c->kind == COMPLETE_FILE ? 'f' : 'd');
	}
	completions_release(&completions);
}

static void put_options(FILE *out, uint64_t mask)
{
	fputs(" _vfioadm_offer", out);
	for (int i = 0; i < OPTION_MAX; i++)
		if (mask & OPTION_BIT(i))
			fprintf(out, " --%s%s", option_specs[i].name,
				option_specs[i].takes == ARGUMENT_REQUIRED ? "=" : "");
	fputs(" ;;\n", out);
}

/* What was typed before: words holds the verb and what follows it, key the option that wants a value. */
static void put_parser(FILE *out)
{
	fputs("_vfioadm()\n{\n"
	      "\tlocal cur=${COMP_LINE:0:COMP_POINT} program=${COMP_WORDS[0]} key= word\n"
	      "\tlocal -a typed words=()\n"
	      "\tIFS=$' \\t' read -ra typed <<<\"$cur\"\n"
	      "\tcur=${cur##*[[:space:]]}\n"
	      "\tCOMPREPLY=()\n"
	      "\tfor word in \"${typed[@]:1:${#typed[@]}-1-(${#cur}>0)}\"; do\n"
	      "\t\tif [[ $key ]]; then key=; continue; fi\n"
	      "\t\tcase $word in\n\t\t", out);
	for (int i = 0, first = 1; i < OPTION_MAX; i++)
		if (option_specs[i].takes == ARGUMENT_REQUIRED) {
			fprintf(out, "%s--%s", first ? "" : " | ", option_specs[i].name);
			first = 0;
		}
	fputs(") key=$word ;;\n\t\t-*) ;;\n\t\t*) words+=(\"$word\") ;;\n\t\tesac\n\tdone\n"
	      "\tif [[ ! $key && $cur == --*=* ]]; then\n"
	      "\t\tkey=${cur%%=*} cur=${cur#*=}\n\tfi\n", out);
}

static void put_values(FILE *out)
{
	fputs("\tcase $key in\n", out);
	for (int i = 0; i < OPTION_MAX; i++) {
		if (option_specs[i].takes == ARGUMENT_NONE)
			continue;
		fprintf(out, "\t--%s)", option_specs[i].name);
		put_completions(out, option_specs[i].argument);
		fputs(" ;;\n", out);
	}
	fputs("\t'')\n\t\tcase ${words[0]-} in\n", out);
}

static void put_actions(FILE *out, const struct cmd *cmd)
{
	fputs("\n\t\t\tcase ${words[1]-} in\n", out);
	for (size_t i = 0; i < cmd->action_count; i++) {
		fprintf(out, "\t\t\t%s)", cmd->actions[i].name);
		put_completions(out, cmd->actions[i].arguments);
		put_options(out, cmd->actions[i].options | OPTIONS_GLOBAL);
	}
	fputs("\t\t\t'') _vfioadm_offer", out);
	for (size_t i = 0; i < cmd->action_count; i++)
		fprintf(out, " %s", cmd->actions[i].name);
	fputs(" ;;\n\t\t\tesac ;;\n", out);
}

static void put_commands(FILE *out)
{
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, "\t\t%s)", commands[i]->name);
		if (commands[i]->action_count) {
			put_actions(out, commands[i]);
			continue;
		}
		put_completions(out, commands[i]->arguments);
		put_options(out, commands[i]->options | OPTIONS_GLOBAL);
	}
	fputs("\t\t'') _vfioadm_offer", out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, " %s", commands[i]->name);
	fputc(';', out);
	put_options(out, OPTIONS_GLOBAL);
}

void help_bash_completion(FILE *out)
{
	fputs(functions, out);
	put_parser(out);
	put_values(out);
	put_commands(out);
	fputs("\t\tesac ;;\n\tesac\n"
	      "\t[[ ${COMPREPLY[0]-} == --*= ]] && compopt -o nospace\n"
	      "\t[[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && "
	      "COMPREPLY=(\"${COMPREPLY[@]#\"${cur%:*}:\"}\")\n"
	      "\treturn 0\n}\ncomplete -F _vfioadm vfioadm\n", out);
}
