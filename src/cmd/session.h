/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/ops.h"
#include "cmd/cmd.h"

/* What a verb needs to change the host: the lock on the state, and the doors of the kernel. */
struct session {
	struct state state;
	struct apply apply;
};

/* CODE_FAILED, and a message, unless this is root. */
enum exit_code require_root(const char *verb);

/*
 * Needs root; takes the lock. purpose is what the lock tells others: the verb. CODE_FAILED with a
 * message where that cannot be; else end it with session_end(). It must not be moved in between.
 */
enum exit_code session_begin(struct session *session, struct invocation *invocation,
			     const char *purpose);

/* The same, but wait for the lock so long. */
enum exit_code session_begin_within(struct session *session, struct invocation *invocation,
				    const char *purpose, int wait_ms);
void session_end(struct session *session);
