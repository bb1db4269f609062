/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/ops.h"
#include "policy/step.h"

enum step_check {
	STEP_TO_DO,   /* the subject has the value that the step expects */
	STEP_ALREADY, /* it has the value that the step aims at */
};

enum step_undo {
	UNDO_DONE, /* what was there is there again */
	UNDO_LOST, /* it cannot come back before the next boot: err says why; not to be tried again */
};

/* How each kind of step is done; the table is indexed by enum step_kind. */
struct step_ops {
	/* Can it be done here at all? Asked of every step before the first change. NULL: always */
	int (*ready)(struct apply *apply, const struct step *step, struct error *err);
	/* Look at the world again: enum step_check, or -ESTALE when it has neither value. */
	int (*check)(struct apply *apply, const struct step *step, struct error *err);
	int (*apply)(struct apply *apply, const struct step *step, struct error *err);
	/*
	 * Put back what the step changed, as far as it came: enum step_undo, or a negative errno.
	 * Doing it twice does no harm. NULL: none
	 */
	int (*undo)(struct apply *apply, const struct step *step, struct error *err);
	/* Worth having, but what fails is only said: the transaction goes on without it. */
	bool optional;
};

extern const struct step_ops step_ops[STEP_KIND_MAX];

/* For check: what has neither value, but now. */
int step_stale(const struct step *step, const char *what, const char *now, struct error *err);
