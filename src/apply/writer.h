/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "base/error.h"
#include "host/root.h"

/*
 * A child that makes the writes to sysfs which the kernel may never return from: unbind waits in
 * the driver's remove, uninterruptibly, until the last user is gone. The child can be left behind
 * with its write, the parent cannot. It holds no lock of ours and none of the caller's pipes.
 */
struct writer {
	pid_t pid;  /* 0: none is running */
	int socket;
};

#define WRITER_NONE { .socket = -1 }

/*
 * One open(2) and one write(2) of value to path below the root, within timeout_ms. Returns 0, the
 * errno of the write, or -ETIMEDOUT: the write is then still under way, the child is left to it and
 * the next call starts another. While it waits it says so, every few seconds.
 */
int writer_write(struct writer *writer, const struct host_root *root, const char *path,
		 const char *value, int timeout_ms, struct error *err) _must_check_;
void writer_stop(struct writer *writer);
