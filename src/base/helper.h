/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * A child process for what the kernel may never return from: some of sysfs waits, uninterruptibly,
 * for a device's lock or for a driver to let go, and so does the loading of a module. The child can
 * be left behind with its work; we cannot be. It holds none of our locks and none of the caller's pipes, and is gone
 * when it has no work and we are gone.
 */
struct helper {
	pid_t pid; /* 0: none is running */
	int socket;
	dev_t dev; /* which directory it works below */
	ino_t ino;
};

#define HELPER_NONE { .socket = -1 }

/* The longest path, and the longest value to be written. */
#define HELPER_PATH_MAX  191
#define HELPER_VALUE_MAX 127

/*
 * Begin to write value to path, or to read path, below dirfd: one open(2), one write(2) or read(2).
 * Starts the child if there is none; it keeps the dirfd of its first call. Returns 0 or a negative
 * errno. One piece of work at a time: helper_wait() first.
 */
int helper_write(struct helper *helper, int dirfd, const char *path, const char *value) _must_check_;
int helper_read(struct helper *helper, int dirfd, const char *path) _must_check_;

/* Other work: called in the child, it returns 0 or a negative errno with err set. */
typedef int helper_job(const char *subject, bool flag, struct error *err);
int helper_run(struct helper *helper, int dirfd, helper_job *job, const char *subject, bool flag)
	_must_check_;

/*
 * Wait for the end of it. Returns the number of bytes read, NUL-terminated and without trailing
 * newlines in buf, 0 for a write, the negative errno of the work (of a job, with its message in
 * buf), or -ETIMEDOUT: then wait again, or abandon.
 */
ssize_t helper_wait(struct helper *helper, int timeout_ms, char *buf, size_t size) _must_check_;

/* The kernel function that the child sleeps in, for whoever has to find out why; "unknown". */
void helper_describe(const struct helper *helper, char *buf, size_t size);

/* It is on a processor, or its turn has not come yet: it does not wait for anything in the kernel. */
bool helper_runs(const struct helper *helper);

/* Leave the child to its work; the next call starts another. */
void helper_abandon(struct helper *helper);

/* End the child, which has no work. */
void helper_stop(struct helper *helper);

/*
 * Keep the child, which has no work, for whoever is next to need one below the same directory: a fork
 * costs more than many reads. One is kept at most; helper_stop_kept() ends it, if it is still there.
 */
void helper_keep(struct helper *helper);
void helper_stop_kept(void);
