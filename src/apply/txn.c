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

/* A transaction under way; everything in it is there before the first change. */
struct txn {
	struct apply *apply;
	const struct step_list *steps;
	enum journal_mark *marks;
	bool *stuck; /* by step: its device is not to be touched again */
	struct journal journal;
};

static struct txn txn_make(struct apply *apply, const struct step_list *steps)
{
	return (struct txn){
		.apply = apply,
		.steps = steps,
		.marks = xcalloc(steps->count, sizeof(enum journal_mark)),
		.stuck = xcalloc(steps->count, sizeof(bool)),
	};
}

static void txn_release(struct txn *txn)
{
	free(txn->marks);
	free(txn->stuck);
}

/* Behind a read or write that did not return, the device's other attributes block as well. */
static void set_stuck(struct txn *txn, size_t step)
{
	for (size_t i = 0; i < txn->steps->count; i++)
		txn->stuck[i] |= strcmp(txn->steps->items[i].subject,
					txn->steps->items[step].subject) == 0;
}

static void add_remains(struct error *remains, const char *text)
{
	size_t len = remains->code ? strlen(remains->msg) : 0;

	snprintf(remains->msg + len, sizeof(remains->msg) - len, "%s%s", len ? "; " : "", text);
	remains->code = -EIO;
}

/*
 * Undo in reverse what marks say was begun; a step that found its work done was not. What an earlier
 * recover undid is undone again: a step before it may have been touched in the meantime by the undo
 * of a step behind it, and where there is nothing to do an undo does nothing.
 */
static void undo(struct txn *txn, struct error *remains)
{
	struct error err, ignored;

	for (size_t i = txn->steps->count; i-- > 0;) {
		const struct step *step = &txn->steps->items[i];
		int r;

		if (!step_ops[step->kind].undo || txn->marks[i] == MARK_PLANNED)
			continue;
		if (txn->stuck[i]) {
			error_set(&err, -EBUSY, "%s: %s not undone", step->subject,
				  step_kind_to_string(step->kind));
			add_remains(remains, err.msg);
			continue;
		}
		log_step("undo: ", step);
		r = step_ops[step->kind].undo(txn->apply, step, &err);
		if (r == 0) {
			(void)!journal_mark(&txn->journal, i, MARK_UNDONE, &ignored);
			continue;
		}
		add_remains(remains, err.msg);
		if (r == -ETIMEDOUT)
			set_stuck(txn, i);
	}
}

/* The mark stays MARK_PLANNED when the step had nothing to do, or failed before any change. */
static int do_step(struct txn *txn, size_t index, struct error *err)
{
	const struct step *step = &txn->steps->items[index];
	const struct step_ops *ops = &step_ops[step->kind];
	int r = ops->check(txn->apply, step, err);

	if (r < 0)
		return r;
	if (r == STEP_ALREADY)
		return 0;
	log_step("", step);
	r = journal_mark(&txn->journal, index, MARK_BEGUN, err);
	if (r < 0)
		return r;
	txn->marks[index] = MARK_BEGUN;
	r = ops->apply(txn->apply, step, err);
	if (r == 0)
		r = journal_mark(&txn->journal, index, MARK_DONE, err);
	if (r == 0)
		txn->marks[index] = MARK_DONE;
	return r;
}

static enum txn_result end(struct txn *txn, enum txn_result result)
{
	struct error err;

	if (result == TXN_STUCK)
		journal_abandon(&txn->journal);
	else if (journal_end(&txn->journal, &err) < 0)
		log_error("%s: remove it before the next bind", err.msg);
	txn_release(txn);
	return result;
}

static bool any_change(const struct txn *txn)
{
	for (size_t i = 0; i < txn->steps->count; i++)
		if (txn->marks[i] != MARK_PLANNED && step_ops[txn->steps->items[i].kind].undo)
			return true;
	return false;
}

enum txn_result txn_run(struct apply *apply, const struct step_list *steps, struct error *err,
			struct error *remains)
{
	struct txn txn;
	int r = 0;

	remains->code = 0;
	if (steps->count == 0)
		return TXN_DONE;
	txn = txn_make(apply, steps);
	if (journal_begin(apply->state, steps, &txn.journal, err) < 0) {
		txn_release(&txn);
		return TXN_REFUSED;
	}
	for (size_t i = 0; r == 0 && i < steps->count; i++) {
		r = do_step(&txn, i, err);
		if (r == -ETIMEDOUT)
			set_stuck(&txn, i);
	}
	if (r == 0)
		return end(&txn, TXN_DONE);
	undo(&txn, remains);
	if (remains->code < 0)
		return end(&txn, TXN_STUCK);
	return end(&txn, any_change(&txn) ? TXN_UNDONE : TXN_REFUSED);
}

enum txn_result txn_recover(struct apply *apply, const struct step_list *steps,
			    const enum journal_mark *marks, struct error *remains)
{
	struct txn txn = txn_make(apply, steps);

	remains->code = 0;
	memcpy(txn.marks, marks, steps->count * sizeof(*marks));
	if (journal_reopen(apply->state, &txn.journal, remains) < 0) {
		txn_release(&txn);
		return TXN_STUCK;
	}
	undo(&txn, remains);
	return end(&txn, remains->code < 0 ? TXN_STUCK : TXN_DONE);
}
