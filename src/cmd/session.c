/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/session.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/process.h"

enum exit_code require_root(const char *verb)
{
	if (geteuid() == 0)
		return CODE_DONE;
	log_error("%s: only root can do this: try sudo vfioadm %s, or --dry-run to see what would "
		  "be done", verb, verb);
	return CODE_FAILED;
}

enum exit_code session_begin_within(struct session *session, struct invocation *invocation,
				    const char *purpose, int wait_ms)
{
	enum exit_code code = require_root(purpose);
	struct error err;

	if (code != CODE_DONE)
		return code;
	*session = (struct session){
		.state = STATE_CLOSED,
		.apply = {
			.root = &invocation->root,
			.state = &session->state,
			.ops = &kernel_ops,
			.timeout_ms = (int)invocation->options->timeout_ms,
			.helper = HELPER_NONE,
		},
	};
	if (state_open_within(&invocation->root, purpose, wait_ms, &session->state, &err) < 0)
		return fail(&err, CODE_FAILED);
	/* A reader of our messages that goes away must not be our end between two steps. */
	process_outlive_readers();
	alloc_on_failure(CODE_STUCK, "vfioadm status shows what was done; vfioadm recover undoes what "
				     "is half done");
	invocation->changes = true;
	return CODE_DONE;
}

enum exit_code session_begin(struct session *session, struct invocation *invocation,
			     const char *purpose)
{
	return session_begin_within(session, invocation, purpose, 0);
}

void session_end(struct session *session)
{
	helper_stop(&session->apply.helper);
	state_close(&session->state);
}
