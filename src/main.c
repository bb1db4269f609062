/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/helper.h"
#include "base/json.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/process.h"
#include "base/read-failure.h"
#include "cmd/command-line.h"
#include "cmd/help.h"

static const struct cmd *find_command(const char *name)
{
	const char *names[32] = { 0 }, *nearest;

	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		names[i] = commands[i]->name;
	}
	nearest = nearest_word(name, names, command_count, sizeof(names[0]));
	if (nearest)
		log_error("%s: no such command: did you mean %s?", name, nearest);
	else
		log_error("%s: no such command; see vfioadm --help", name);
	return NULL;
}

/* Options that another verb knows are refused by name, so that none is silently without effect. */
static enum exit_code check_usage(const struct cmd *cmd, const struct command_line *line)
{
	uint64_t unknown = line->options.given & ~(cmd->options | OPTIONS_GLOBAL);
	int args = line->word_count - 1;

	if (unknown) {
		log_error("%s: it has no option --%s; see vfioadm %s --help", cmd->name,
			  option_specs[__builtin_ctzll(unknown)].name, cmd->name);
		return CODE_USAGE;
	}
	if (args < cmd->min_args || (cmd->max_args >= 0 && args > cmd->max_args)) {
		log_error("%s: %s; usage: vfioadm %s %s", cmd->name,
			  args < cmd->min_args ? "something is missing" : "that is too much",
			  cmd->name, cmd->arguments);
		return CODE_USAGE;
	}
	if (line->options.root && cmd->writes && !option_given(&line->options, OPTION_DRY_RUN)) {
		log_error("%s: --root is only for looking: it cannot change another host's tree; "
			  "--dry-run shows what would be done", cmd->name);
		return CODE_USAGE;
	}
	return CODE_DONE;
}

/* A full disk or a closed pipe shows only when the last output is written out. */
static int finish(const struct invocation *invocation, int code)
{
	bool all_done = code == CODE_DONE && invocation->changes;

	if (fclose(stdout) == 0)
		return code;
	log_error("standard output: cannot write the result%s",
		  all_done ? "; all was done, and stays: vfioadm status shows it" : "");
	if (code != CODE_DONE)
		return code;
	return invocation->changes ? CODE_STUCK : CODE_FAILED;
}

static int run(const struct cmd *cmd, struct command_line *line, struct invocation *invocation)
{
	int code = check_usage(cmd, line);
	struct error err;

	if (code != CODE_DONE)
		return code;
	if (option_given(&line->options, OPTION_JSON) && json_open(&err) < 0)
		return fail(&err, CODE_FAILED);
	if (host_root_open(line->options.root, &invocation->root, &err) < 0)
		return fail_unread(&err);
	invocation->cmd = cmd;
	invocation->options = &line->options;
	invocation->args = line->words + 1;
	invocation->arg_count = line->word_count - 1;
	code = cmd->run(invocation);
	helper_stop_kept();
	host_root_close(&invocation->root);
	if (code == CODE_DONE && !invocation->changes && read_failure_check(&err) < 0) {
		log_error("%s; so what was found may not be all", err.msg);
		code = CODE_FAILED;
	}
	return code;
}

static int dispatch(struct command_line *line, struct invocation *invocation)
{
	const struct cmd *cmd = NULL;

	if (option_given(&line->options, OPTION_QUIET))
		log_set_level(LOG_QUIET);
	if (option_given(&line->options, OPTION_VERBOSE))
		log_set_level(LOG_VERBOSE);
	if (option_given(&line->options, OPTION_VERSION)) {
		puts("vfioadm " VERSION);
		return CODE_DONE;
	}
	if (line->word_count > 0) {
		cmd = find_command(line->words[0]);
		if (!cmd)
			return CODE_USAGE;
	}
	if (option_given(&line->options, OPTION_HELP))
		return help_in_form(cmd, line->options.help, line->options.root);
	if (!cmd) {
		help_program(stderr);
		return CODE_USAGE;
	}
	return run(cmd, line, invocation);
}

int main(int argc, char **argv)
{
	struct invocation invocation = { 0 };
	struct command_line line;
	struct error err;
	int code;

	if (process_prepare(&err) < 0)
		return fail(&err, CODE_FAILED);
	if (command_line_parse(argc, argv, &line, &err) < 0)
		return fail(&err, CODE_USAGE);
	code = dispatch(&line, &invocation);
	command_line_release(&line);
	return finish(&invocation, code);
}
