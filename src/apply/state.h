/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/root.h"

/*
 * /run/vfioadm, opened for writing and locked: one process at a time changes the host. The lock is
 * the open descriptor's, so it is gone with the process, however that ends.
 */
struct state {
	int dirfd;
	int held_fd; /* the directory of records below it */
	int lock_fd;
	int journal_dirfd; /* where the journal is: dirfd, unless it is a guest's; borrowed */
};

/*
 * Make the directory if it is not there and lock it. Refused unless it and what is above it belong
 * to root and nobody else can write there: -EPERM. -EBUSY when another vfioadm is at work; the
 * message names it. purpose is what the lock tells others.
 */
int state_open(const struct host_root *root, const char *purpose, struct state *ret,
	       struct error *err) _must_check_;

/* The same, but wait for the lock so long before -EBUSY. */
int state_open_within(const struct host_root *root, const char *purpose, int wait_ms,
		      struct state *ret, struct error *err) _must_check_;
void state_close(struct state *state); /* takes one that was never opened */

#define STATE_CLOSED { .dirfd = -1, .held_fd = -1, .lock_fd = -1, .journal_dirfd = -1 }

/*
 * Make the directory name below parent if it is not there, and open it. Refused with -EPERM unless
 * it is one, is not a symbolic link, belongs to root and nobody else can write there. path is for
 * the message.
 */
int state_directory(int parent, const char *name, const char *path, int *ret, struct error *err)
	_must_check_;
