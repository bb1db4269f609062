/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "apply/txn.h"
#include "base/log.h"
#include "cmd/session.h"
#include "report/text.h"

static enum exit_code undo_all(struct invocation *invocation, const struct step_list *steps,
			       const enum journal_mark *marks)
{
	struct session session;
	struct error err;
	enum txn_result result;
	enum exit_code code = session_begin(&session, invocation, "recover");

	if (code != CODE_DONE)
		return code;
	result = txn_recover(&session.apply, steps, marks, &err);
	session_end(&session);
	if (result == TXN_DONE) {
		log_info("the interrupted change was undone");
		return CODE_DONE;
	}
	if (result == TXN_LOST) {
		log_error("the interrupted change was undone, but for this: %s", err.msg);
		return CODE_STUCK;
	}
	log_error("not everything could be put back: %s; when it is free, run vfioadm recover again",
		  err.msg);
	return CODE_STUCK;
}

static int recover_run(struct invocation *invocation)
{
	_cleanup_free_ enum journal_mark *marks = NULL;
	struct step_list steps;
	struct error err;
	enum exit_code code;
	int r = journal_read(&invocation->root, &steps, &marks, &err);

	if (r == -ENOENT) {
		log_info("nothing to recover: no change was interrupted");
		return CODE_DONE;
	}
	if (r < 0)
		return fail(&err, CODE_FAILED);
	if (option_given(invocation->options, OPTION_DRY_RUN)) {
		log_info("these steps were planned when vfioadm was interrupted; those that were "
			 "begun would be undone in reverse:");
		text_plan(stdout, &steps);
		code = CODE_DONE;
	} else {
		code = undo_all(invocation, &steps, marks);
	}
	step_list_release(&steps);
	return code;
}

const struct cmd cmd_recover = {
	.name = "recover",
	.arguments = "",
	.summary = "undo what a crash left half done",
	.details = "When vfioadm was killed in the middle of a change, or a write of its own did not "
		   "return in time, its journal is still there: undo what it had begun, in reverse.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_TIMEOUT),
	.writes = true,
	.run = recover_run,
};
