/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/state.h"
#include "policy/step.h"

/*
 * The journal of the transaction under way, /run/vfioadm/journal: first all its steps, then a line
 * before and after each change, every one flushed (fdatasync) before the change goes on. It is
 * removed when the transaction has ended well or has been undone, so one that is found tells that
 * vfioadm was killed in between; recover undoes what it names.
 *
 * That of a guest is /run/vfioadm/guests/NAME/journal, and stays as long as the guest runs: its end
 * is the undo of the transaction that gave it the devices.
 */
#define JOURNAL_NAME "journal"

struct journal {
	int fd;
	int dirfd; /* borrowed from the state */
};

/* How far a step came. */
enum journal_mark { MARK_PLANNED, MARK_BEGUN, MARK_DONE, MARK_UNDONE, MARK_MAX };

/* -EEXIST when an earlier transaction left one. */
int journal_begin(const struct state *state, const struct step_list *steps, struct journal *ret,
		  struct error *err) _must_check_;
int journal_mark(struct journal *journal, size_t step, enum journal_mark mark, struct error *err)
	_must_check_;

/* The transaction has ended. */
int journal_remove(struct journal *journal, struct error *err) _must_check_;

/* Close it. Where it was not removed it stays, for recover. */
void journal_abandon(struct journal *journal);

/*
 * Read what was left: the steps, and in marks (to be freed) how far each came. -ENOENT when there
 * is none. A last line that was cut short by a crash is ignored.
 */
int journal_read(const struct host_root *root, struct step_list *ret, enum journal_mark **marks,
		 struct error *err) _must_check_;

/* The same of the journal in a directory, which may be a negative errno. */
int journal_read_at(int dirfd, struct step_list *ret, enum journal_mark **marks, struct error *err)
	_must_check_;

/* The same of its text, of len bytes and a NUL, which is changed. Returns 0 or -EINVAL. */
int journal_parse(char *text, size_t len, struct step_list *ret, enum journal_mark **marks)
	_must_check_;

/* Open what journal_read() found, to go on marking. */
int journal_reopen(const struct state *state, struct journal *ret, struct error *err) _must_check_;
