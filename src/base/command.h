/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "base/strv.h"

/* What a program said, both to be freed; complete, or cut after 1 MiB. */
struct command_output {
	char *out, *err;
	int status; /* its exit status, 128 + N after signal N */
};

/*
 * Run a program, found in PATH, with input for its standard input, and wait until it is gone. After
 * timeout_ms it is killed and -ETIMEDOUT is returned. Other negative errnos: it could not be run.
 */
int command_capture(const struct strv *argv, const char *input, int timeout_ms,
		    struct command_output *ret, struct error *err) _must_check_;
void command_output_release(struct command_output *output);

/*
 * Run another program, found in PATH, and wait for its end; it has our standard output and error.
 * Returns its exit status, or a negative errno when it could not be started or was killed.
 */
int command_run(const char *const *argv, struct error *err) _must_check_;
