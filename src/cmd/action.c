/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cmd/cmd.h"

static void log_unknown(const struct cmd *cmd, const char *name)
{
	const char *nearest = nearest_word(name, &cmd->actions[0].name, cmd->action_count,
					   sizeof(cmd->actions[0]));
	char *names = NULL;
	size_t size;
	FILE *out;

	if (nearest) {
		log_error("%s %s: no such action: did you mean %s?", cmd->name, name, nearest);
		return;
	}
	out = xopen_memstream(&names, &size);
	for (size_t i = 0; i < cmd->action_count; i++)
		fprintf(out, "%s%s", i == 0 ? "" : i + 1 < cmd->action_count ? ", " : " or ",
			cmd->actions[i].name);
	fclose(out);
	log_error("%s %s: no such action: say %s", cmd->name, name, names);
	free(names);
}

static const struct action *find_action(const struct cmd *cmd, const char *name)
{
	for (size_t i = 0; i < cmd->action_count; i++)
		if (strcmp(cmd->actions[i].name, name) == 0)
			return &cmd->actions[i];
	log_unknown(cmd, name);
	return NULL;
}

static enum exit_code check_usage(const struct action *action, const struct invocation *invocation)
{
	uint64_t unknown = invocation->options->given & ~(action->options | OPTIONS_GLOBAL);
	const char *verb = invocation->cmd->name;
	int args = invocation->arg_count - 1;

	if (unknown) {
		log_error("%s %s: it has no option --%s; see vfioadm %s --help", verb, action->name,
			  option_specs[__builtin_ctzll(unknown)].name, verb);
		return CODE_USAGE;
	}
	if (args < action->min_args || args > action->max_args) {
		log_error("%s %s: %s; usage: vfioadm %s %s%s%s", verb, action->name,
			  args < action->min_args ? "something is missing" : "that is too much", verb,
			  action->name, *action->arguments ? " " : "", action->arguments);
		return CODE_USAGE;
	}
	if (action->writes && !invocation->root.live &&
	    !option_given(invocation->options, OPTION_DRY_RUN)) {
		log_error("%s %s: --root is only for looking: it cannot change another host's "
			  "tree", verb, action->name);
		return CODE_USAGE;
	}
	return CODE_DONE;
}

int action_run(struct invocation *invocation)
{
	const struct action *action = find_action(invocation->cmd, invocation->args[0]);
	enum exit_code code = action ? check_usage(action, invocation) : CODE_USAGE;

	return code == CODE_DONE ? action->run(invocation) : code;
}
