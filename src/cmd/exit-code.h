/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What the program's exit status says; the table in exit-code.c is what help and man page print. */
enum exit_code {
	CODE_DONE = 0,
	CODE_FAILED = 1,
	CODE_USAGE = 2,
	CODE_BLOCKED = 3,
	CODE_UNDONE = 4,
	CODE_STUCK = 5,
};

/*
 * The "result" of a JSON document: "done", "failed", "blocked", "undone" or "stuck"; of what is done,
 * "nothing-to-do" and "dry-run" where that is so.
 */
const char *exit_code_result(enum exit_code code, bool nothing_to_do, bool dry_run);

struct exit_code_meaning {
	const char *code; /* "0", or "128+N" */
	const char *meaning;
};

extern const struct exit_code_meaning exit_code_meanings[];
extern const size_t exit_code_meaning_count;
