/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/macro.h"

/*
 * A function that can fail returns 0 (or a count) on success and a negative errno on failure, and
 * says why in its last argument. The message is made where the facts are known, as
 * "SUBJECT: what failed: why", gets context in front on the way up, and is printed once, in cmd/.
 * The caller owns the struct; setting an error never allocates.
 */
struct error {
	int code; /* negative errno */
	char msg[1024];
};

/* Set the message and return code, so that "return error_set(err, -EINVAL, ...)" reads well. */
int error_set(struct error *err, int code, const char *fmt, ...) _printf_(3, 4);

/* As error_set(), with ": " and the text of the errno behind it. */
int error_errno(struct error *err, int code, const char *fmt, ...) _printf_(3, 4);

/* Put "text: " in front of the message and return its code. */
int error_prefix(struct error *err, const char *fmt, ...) _printf_(2, 3);
