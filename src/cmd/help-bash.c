/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/help.h"

#include <string.h>

#include "host/names.h"
#include "policy/finding.h"

static void put_options(FILE *out, uint64_t mask)
{
	for (int i = 0; i < OPTION_MAX; i++)
		if (mask & OPTION_BIT(i))
			fprintf(out, " --%s%s", option_specs[i].name,
				option_specs[i].takes == ARGUMENT_REQUIRED ? "=" : "");
}

/* What can follow an option: findings, a device, or the words that it takes. */
static void put_values(FILE *out)
{
	fputs("\t--allow) words='", out);
	for (int i = 0; i < FINDING_MAX; i++)
		fprintf(out, "%s%s", i ? " " : "", finding_kinds[i].id);
	fputs("' ;;\n", out);
	for (int i = 0; i < OPTION_MAX; i++) {
		const struct option_spec *o = &option_specs[i];

		if (o->argument && strcmp(o->argument, "DEVICE") == 0)
			fprintf(out, "\t--%s) words=$(ls /sys/bus/pci/devices 2>/dev/null) ;;\n",
				o->name);
		else if (o->argument && strchr(o->argument, '|'))
			fprintf(out, "\t--%s) words='%s' words=${words//|/ } ;;\n", o->name,
				o->argument);
	}
}

/* Words are offered by verb; addresses and guests are asked of the host when they are needed. */
void help_bash_completion(FILE *out)
{
	fputs("# bash completion for vfioadm, made by vfioadm --help=bash\n"
	      "_vfioadm()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal verb= word words=\n"
	      "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\tcase $word in -*) ;; *) verb=$word; break ;; esac\n"
	      "\tdone\n"
	      "\t[[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD-2]}\n"
	      "\t[[ $cur == = ]] && cur=\n"
	      "\tcase $option in\n", out);
	put_values(out);
	fputs("\tesac\n\t[[ $words ]] || case $verb in\n", out);
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, "\t%s) words='", commands[i]->name);
		put_options(out, commands[i]->options | OPTIONS_GLOBAL);
		fputc('\'', out);
		if (strstr(commands[i]->arguments, "DEVICE"))
			fputs("$' '$(ls /sys/bus/pci/devices 2>/dev/null)", out);
		else if (commands[i] == &cmd_claim)
			fputs("$' add remove list apply verify '$(ls /sys/bus/pci/devices 2>/dev/null; "
			      "cd " NAME_CLAIMS_DIR " 2>/dev/null && ls *.conf | sed 's/\\.conf$//')", out);
		else if (strcmp(commands[i]->arguments, "GUEST") == 0)
			fputs("$' '$(cd " NAME_GUESTS_DIR " 2>/dev/null && ls *.conf | "
			      "sed 's/\\.conf$//')", out);
		fputs(" ;;\n", out);
	}
	fputs("\t*) words='", out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "%s ", commands[i]->name);
	put_options(out, OPTIONS_GLOBAL);
	fputs("' ;;\n\tesac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\t[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
	      "\tdeclare -F __ltrim_colon_completions >/dev/null && "
	      "__ltrim_colon_completions \"$cur\"\n"
	      "\treturn 0\n"
	      "}\ncomplete -F _vfioadm vfioadm\n", out);
}
