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
	bool undo_failed;
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

/* A step is about its subject; one on the screen, about the card below it as well. */
static bool is_about(const struct step *step, const char *subject)
{
	return strcmp(step->subject, subject) == 0 ||
	       strcmp(pci_addr_text(step->addr).text, subject) == 0;
}

/*
 * Behind a read or write that did not return the device's other attributes block as well, and behind
 * an undo that failed those of earlier steps would start from the wrong state: recover goes on.
 */
static void set_stuck(struct txn *txn, size_t step)
{
	for (size_t i = 0; i < txn->steps->count; i++)
		txn->stuck[i] |= is_about(&txn->steps->items[i], txn->steps->items[step].subject);
}

static void add_remains(struct error *remains, const char *text)
{
	size_t len = remains->code ? strlen(remains->msg) : 0;

	snprintf(remains->msg + len, sizeof(remains->msg) - len, "%s%s", len ? "; " : "", text);
	remains->code = -EIO;
}

/* A step that found its work done, and one that has been undone, is nothing to undo. */
static bool is_to_undo(const struct txn *txn, size_t step)
{
	return step_ops[txn->steps->items[step].kind].undo &&
	       (txn->marks[step] == MARK_BEGUN || txn->marks[step] == MARK_DONE);
}

/* A record touches no device, and is wrong once all else of its device is as it was. */
static bool may_undo(const struct txn *txn, size_t step)
{
	const struct step *steps = txn->steps->items;

	if (!txn->stuck[step])
		return true;
	if (steps[step].kind != STEP_RECORD)
		return false;
	for (size_t i = step + 1; i < txn->steps->count; i++)
		if (is_about(&steps[i], steps[step].subject) && is_to_undo(txn, i))
			return false;
	return true;
}

static void undo_step(struct txn *txn, size_t index, struct error *remains)
{
	const struct step *step = &txn->steps->items[index];
	struct error err, ignored;
	int r;

	if (!may_undo(txn, index)) {
		error_set(&err, -EBUSY, "%s: %s not undone", step->subject,
			  step_kind_to_string(step->kind));
		add_remains(remains, err.msg);
		txn->undo_failed = true;
		return;
	}
	log_step("undo: ", step);
	r = step_ops[step->kind].undo(txn->apply, step, &err);
	if (r != UNDO_DONE)
		add_remains(remains, err.msg);
	if (r < 0) {
		txn->undo_failed = true;
		set_stuck(txn, index);
		return;
	}
	txn->marks[index] = MARK_UNDONE;
	(void)!journal_mark(&txn->journal, index, MARK_UNDONE, &ignored);
}

static void undo(struct txn *txn, struct error *remains)
{
	for (size_t i = txn->steps->count; i-- > 0;)
		if (is_to_undo(txn, i))
			undo_step(txn, i, remains);
}

/* The mark stays MARK_PLANNED when the step had nothing to do, or failed before any change. */
static int try_step(struct txn *txn, size_t index, struct error *err)
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

static int do_step(struct txn *txn, size_t index, struct error *err)
{
	const struct step *step = &txn->steps->items[index];
	int r = try_step(txn, index, err);

	if (r == -ETIMEDOUT)
		set_stuck(txn, index);
	if (r == 0 || !step_ops[step->kind].optional)
		return r;
	log_error("%s; going on without it", err->msg);
	return 0;
}

/* Once all is done: is each device still where it was bound to? One may have gone, or been taken. */
static int verify(struct txn *txn, struct error *err)
{
	for (size_t i = 0; i < txn->steps->count; i++) {
		const struct step *step = &txn->steps->items[i];
		int r;

		if (step->kind != STEP_BIND)
			continue;
		r = step_ops[STEP_BIND].check(txn->apply, step, err);
		if (r < 0)
			return r;
		if (r != STEP_ALREADY)
			return error_set(err, -ESTALE, "%s: %s has lost it again", step->subject,
					 step->to);
	}
	return 0;
}

/* A journal that stays although nothing is to be undone any more is in the way of the next change. */
static enum txn_result end(struct txn *txn, enum txn_result result, struct error *remains)
{
	struct error err;

	if (result != TXN_STUCK && journal_remove(&txn->journal, &err) < 0) {
		add_remains(remains, err.msg);
		result = TXN_STUCK;
	}
	journal_abandon(&txn->journal);
	txn_release(txn);
	return result;
}

/* With its journal left behind the work would be undone by recover, one day: better now. */
static int end_done(struct txn *txn, struct error *err)
{
	return txn->apply->keep_journal ? 0 : journal_remove(&txn->journal, err);
}

static bool any_change(const struct txn *txn)
{
	for (size_t i = 0; i < txn->steps->count; i++)
		if (txn->marks[i] != MARK_PLANNED && step_ops[txn->steps->items[i].kind].undo)
			return true;
	return false;
}

static int all_ready(struct apply *apply, const struct step_list *steps, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < steps->count; i++)
		if (step_ops[steps->items[i].kind].ready)
			r = step_ops[steps->items[i].kind].ready(apply, &steps->items[i], err);
	return r;
}

enum txn_result txn_run(struct apply *apply, const struct step_list *steps, struct error *err,
			struct error *remains)
{
	struct txn txn;
	int r = 0;

	remains->code = 0;
	if (steps->count == 0)
		return TXN_DONE;
	if (all_ready(apply, steps, err) < 0)
		return TXN_REFUSED;
	txn = txn_make(apply, steps);
	if (journal_begin(apply->state, steps, &txn.journal, err) < 0) {
		txn_release(&txn);
		return TXN_REFUSED;
	}
	for (size_t i = 0; r == 0 && i < steps->count; i++)
		r = do_step(&txn, i, err);
	if (r == 0)
		r = verify(&txn, err);
	if (r == 0)
		r = end_done(&txn, err);
	if (r == 0) {
		journal_abandon(&txn.journal);
		txn_release(&txn);
		return TXN_DONE;
	}
	undo(&txn, remains);
	if (txn.undo_failed || remains->code < 0)
		return end(&txn, txn.undo_failed ? TXN_STUCK : TXN_LOST, remains);
	return end(&txn, any_change(&txn) ? TXN_UNDONE : TXN_REFUSED, remains);
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
	if (txn.undo_failed)
		return end(&txn, TXN_STUCK, remains);
	return end(&txn, remains->code < 0 ? TXN_LOST : TXN_DONE, remains);
}
