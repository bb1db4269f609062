/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "cmd/exit-code.h"
#include "cmd/option.h"
#include "host/root.h"

/* One run of a verb: what was asked, and of which host. */
struct invocation {
	const struct options *options;
	char **args; /* what follows the verb */
	int arg_count;
	struct host_root root;
	bool changes; /* the host may have been changed from here on */
};

/* A verb. Each file of cmd/ exports one; commands[] lists them in the order that help shows. */
struct cmd {
	const char *name;
	const char *arguments; /* for help, e.g. "DEVICE..." */
	const char *summary;   /* one line */
	const char *details;   /* paragraphs for --help and the man page */
	void (*more_help)(FILE *out); /* what --help adds at its end, or NULL */
	int min_args, max_args; /* max_args -1: any number */
	uint64_t options;       /* OPTION_BIT()s besides OPTIONS_GLOBAL */
	bool writes;            /* refused with --root, unless only --dry-run */
	int (*run)(struct invocation *invocation); /* the exit status: an enum exit_code, or QEMU's */
};

extern const struct cmd *const commands[];
extern const size_t command_count;

extern const struct cmd cmd_list, cmd_groups, cmd_check, cmd_bind, cmd_unbind, cmd_status,
	cmd_recover, cmd_claim, cmd_rom, cmd_launch, cmd_collect, cmd_setup;

/* Print err and give the code that goes with it, so that "return fail(&err, CODE_USAGE)" does. */
struct error;
enum exit_code fail(const struct error *err, enum exit_code code);
