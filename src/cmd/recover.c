/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "apply/txn.h"
#include "base/alloc.h"
#include "base/log.h"
#include "cmd/session.h"
#include "cmd/stuck.h"
#include "report/text.h"

/* Of the devices of the steps, each time one is named. */
static void read_holders(const struct host_root *root, const struct step_list *steps,
			 struct holders *ret)
{
	_cleanup_free_ struct pci_addr *addrs = xcalloc(steps->count, sizeof(*addrs));
	size_t count = 0;

	for (size_t i = 0; i < steps->count; i++)
		if (steps->items[i].kind == STEP_UNBIND || steps->items[i].kind == STEP_BIND)
			addrs[count++] = steps->items[i].addr;
	holders_read(root, addrs, count, ret);
}

static enum exit_code undo_all(struct invocation *invocation, const struct step_list *steps,
			       const enum journal_mark *marks)
{
	struct session session;
	struct holders before;
	struct error err;
	enum txn_result result;
	enum exit_code code = session_begin(&session, invocation, "recover");

	if (code != CODE_DONE)
		return code;
	read_holders(&invocation->root, steps, &before);
	result = txn_recover(&session.apply, steps, marks, &err);
	session_end(&session);
	if (result == TXN_DONE)
		log_info("the interrupted change was undone");
	else if (result == TXN_LOST)
		log_error("the interrupted change was undone, but for this: %s", err.msg);
	else {
		log_error("not everything could be put back: %s; when it is free, run vfioadm "
			  "recover again", err.msg);
		stuck_tell_holders(&invocation->root, &before);
	}
	holders_release(&before);
	return result == TXN_DONE ? CODE_DONE : CODE_STUCK;
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
