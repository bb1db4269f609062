/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/journal.h"
#include "apply/ops.h"

/* How a transaction ended; maps onto the exit codes. */
enum txn_result {
	TXN_DONE,    /* every step is done and verified */
	TXN_REFUSED, /* failed before anything was changed */
	TXN_UNDONE,  /* failed, and everything was put back */
	TXN_LOST,    /* failed, and put back but for what the kernel has removed for good */
	TXN_STUCK,   /* failed, and not everything could be put back */
};

/*
 * Do the steps in order: look again at each expected value, journal, change, verify. On the first
 * failure undo in reverse, going on past what cannot be undone. From the first step to the last
 * nothing is allocated. err says what failed; with TXN_LOST and TXN_STUCK, remains says what is not
 * as it was.
 *
 * The journal is removed unless the result is TXN_STUCK, from which vfioadm recover goes on, or
 * apply->keep_journal asks for that of a transaction that is done.
 */
enum txn_result txn_run(struct apply *apply, const struct step_list *steps, struct error *err,
			struct error *remains);

/* Undo what a journal says was begun, as txn_run() would have: TXN_DONE, TXN_LOST or TXN_STUCK. */
enum txn_result txn_recover(struct apply *apply, const struct step_list *steps,
			    const enum journal_mark *marks, struct error *remains);
