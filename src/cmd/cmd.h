/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "cmd/exit-code.h"
#include "cmd/option.h"
#include "host/root.h"

/* One run of a verb: what was asked, and of which host. */
struct invocation {
	const struct cmd *cmd;
	const struct options *options;
	char **args; /* what follows the verb */
	int arg_count;
	struct host_root root;
	bool changes; /* the host may have been changed from here on */
};

/* "vfioadm claim add": one thing that a verb's first argument can be. */
struct action {
	const char *name;
	const char *arguments; /* what follows its name, for help */
	const char *summary;   /* one line */
	int min_args, max_args;
	uint64_t options;      /* OPTION_BIT()s besides OPTIONS_GLOBAL */
	bool writes;           /* refused with --root, unless only --dry-run */
	enum exit_code (*run)(struct invocation *invocation); /* args[0] is its name */
};

/* A verb. Each file of cmd/ exports one; commands[] lists them in the order that help shows. */
struct cmd {
	const char *name;
	const char *arguments; /* e.g. "DEVICE...": for help, and completion (cmd/complete.h) */
	const char *summary;   /* one line */
	const char *details;   /* paragraphs for --help and the man page */
	void (*more_help)(FILE *out); /* what --help adds at its end, or NULL */
	int min_args, max_args; /* max_args -1: any number */
	uint64_t options;       /* OPTION_BIT()s besides OPTIONS_GLOBAL */
	bool writes;            /* refused with --root, unless only --dry-run */
	int (*run)(struct invocation *invocation); /* the exit status: an enum exit_code, or QEMU's */
	const struct action *actions; /* with run = action_run */
	size_t action_count;
};

extern const struct cmd *const commands[];
extern const size_t command_count;

extern const struct cmd cmd_list, cmd_groups, cmd_check, cmd_bind, cmd_unbind, cmd_status,
	cmd_recover, cmd_claim, cmd_rom, cmd_launch, cmd_guest, cmd_collect, cmd_setup;

/* The run of a verb that has actions: finds the one that args[0] names, checks its usage, runs it. */
int action_run(struct invocation *invocation);

/* Print err and give the code that goes with it, so that "return fail(&err, CODE_USAGE)" does. */
struct error;
enum exit_code fail(const struct error *err, enum exit_code code);

/*
 * The same for what a person has named or written and what cannot be read: CODE_USAGE, but for a reason
 * that says nothing about it CODE_FAILED.
 */
enum exit_code fail_unread(const struct error *err);
