/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "cmd/option.h"

/* What was typed: options anywhere, the rest in order. Points into argv. */
struct command_line {
	struct options options;
	char **words; /* the verb and what follows it */
	int word_count;
};

/* Returns 0, or -EINVAL with a message that names the option and the nearest known one. */
int command_line_parse(int argc, char **argv, struct command_line *ret, struct error *err)
	_must_check_;
void command_line_release(struct command_line *line);
