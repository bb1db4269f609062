/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * Going on in the background. The process that was started waits until the other says that all is
 * well, or ends: its exit status is what the caller gets.
 */
struct detached {
	int ready_fd; /* -1: not detached, or already said */
	int log_fd;   /* the log; -1 when not detached */
};

#define DETACHED_NOT { .ready_fd = -1, .log_fd = -1 }

/*
 * Fork. Returns 0 in the background process, with *ret set; does not return in the other. On
 * failure a negative errno, and nothing was forked. log_fd is the background's to keep.
 */
int detach(int log_fd, struct detached *ret);

/* In the background: let the other end with status 0, and from now on speak to the log. */
void detached_ready(struct detached *detached);

/* In the background, at the end: status is what the other ends with, if it still waits. */
void detached_end(struct detached *detached, int status);
