/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/txn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/step-ops.h"
#include "base/alloc.h"
#include "base/log.h"

static void log_step(const char *prefix, const struct step *step)
{
	char text[512];

	step_describe(step, text, sizeof(text));
	log_debug("%s%s", prefix, text);
}

/* A device whose write did not return is not touched again: its other attributes block as well. */
static bool is_stuck(const struct step *step, const char *stuck)
{
	return *stuck && strcmp(step->subject, stuck) == 0;
}

static void add_remains(struct error *remains, const char *text)
{
	size_t len = remains->code ? strlen(remains->msg) : 0;

	snprintf(remains->msg + len, sizeof(remains->msg) - len, "%s%s", len ? "; " : "", text);
	remains->code = -EIO;
}

/* Undo in reverse what marks say was begun; a step that found its work done was not. */
static void undo(struct apply *apply, const struct step_list *steps,
		 const enum journal_mark *marks, struct journal *journal, char stuck[64],
		 struct error *remains)
{
	struct error err, ignored;

	for (size_t i = steps->count; i-- > 0;) {
		const struct step *step = &steps->items[i];
		int r;

		if (!step_ops[step->kind].undo || (marks[i] != MARK_BEGUN && marks[i] != MARK_DONE))
			continue;
		if (is_stuck(step, stuck)) {
			error_set(&err, -EBUSY, "%s: %s not undone", step->subject,
				  step_kind_to_string(step->kind));
			add_remains(remains, err.msg);
			continue;
		}
		log_step("undo: ", step);
		r = step_ops[step->kind].undo(apply, step, &err);
		if (r == 0) {
			(void)!journal_mark(journal, i, MARK_UNDONE, &ignored);
			continue;
		}
		add_remains(remains, err.msg);
		if (r == -ETIMEDOUT)
			strcpy(stuck, step->subject);
	}
}

/* mark is MARK_PLANNED still when the step had nothing to do, or failed before any change. */
static int do_step(struct apply *apply, const struct step *step, size_t index,
		   struct journal *journal, enum journal_mark *mark, struct error *err)
{
	int r = step_ops[step->kind].check(apply, step, err);

	if (r < 0)
		return r;
	if (r == STEP_ALREADY)
		return 0;
	log_step("", step);
	r = journal_mark(journal, index, MARK_BEGUN, err);
	if (r < 0)
		return r;
	*mark = MARK_BEGUN;
	r = step_ops[step->kind].apply(apply, step, err);
	if (r == 0)
		r = journal_mark(journal, index, MARK_DONE, err);
	if (r == 0)
		*mark = MARK_DONE;
	return r;
}

static enum txn_result end(struct journal *journal, enum txn_result result)
{
	struct error err;

	if (result == TXN_STUCK)
		journal_abandon(journal);
	else if (journal_end(journal, &err) < 0)
		log_error("%s: remove it before the next bind", err.msg);
	return result;
}

static bool any_change(const struct step_list *steps, const enum journal_mark *marks)
{
	for (size_t i = 0; i < steps->count; i++)
		if (marks[i] != MARK_PLANNED && step_ops[steps->items[i].kind].undo)
			return true;
	return false;
}

enum txn_result txn_run(struct apply *apply, const struct step_list *steps, struct error *err,
			struct error *remains)
{
	_cleanup_free_ enum journal_mark *marks = xcalloc(steps->count, sizeof(*marks));
	struct journal journal;
	char stuck[64] = "";
	int r = 0;

	remains->code = 0;
	if (steps->count == 0)
		return TXN_DONE;
	if (journal_begin(apply->state, steps, &journal, err) < 0)
		return TXN_REFUSED;
	for (size_t i = 0; r == 0 && i < steps->count; i++) {
		r = do_step(apply, &steps->items[i], i, &journal, &marks[i], err);
		if (r == -ETIMEDOUT)
			strcpy(stuck, steps->items[i].subject);
	}
	if (r == 0)
		return end(&journal, TXN_DONE);
	undo(apply, steps, marks, &journal, stuck, remains);
	if (remains->code < 0)
		return end(&journal, TXN_STUCK);
	return end(&journal, any_change(steps, marks) ? TXN_UNDONE : TXN_REFUSED);
}

enum txn_result txn_recover(struct apply *apply, const struct step_list *steps,
			    const enum journal_mark *marks, struct error *remains)
{
	struct journal journal;
	char stuck[64] = "";

	remains->code = 0;
	if (journal_reopen(apply->state, &journal, remains) < 0)
		return TXN_STUCK;
	undo(apply, steps, marks, &journal, stuck, remains);
	return end(&journal, remains->code < 0 ? TXN_STUCK : TXN_DONE);
}
