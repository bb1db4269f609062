/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cmd/exit-code.h"
#include "cmd/option.h"

/*
 * Questions to whoever sits at the terminal: plain lines on standard error, answers from standard
 * input, what an empty answer means in brackets. q, or the end of input, ends all: CODE_FAILED.
 * Where standard input is no terminal nobody can answer: CODE_USAGE, and the message names the
 * option that does. Both were said.
 */
struct question {
	enum option_id option; /* what answers it in advance */
	const char *text;
	const char *fallback; /* what an empty answer means; NULL: it is asked again */
};

/* *ret is to be freed. */
enum exit_code ask(const struct question *question, const char *fallback, char **ret);

/* For yes or no; with a fallback of "no" that is spelt out, only "yes" spelt out is consent. */
enum exit_code ask_consent(const struct question *question, bool *ret);

bool ask_is_possible(void);
