/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/*
 * The host that is looked at: the running one, or a captured tree given with --root. Every path is
 * relative to it, so that a directory is a machine.
 */
struct host_root {
	int fd;
	const char *path; /* as given; "/" for the running host; not owned */
	bool live;        /* the running host: only there may anything be changed */
};

/* path NULL: the running host. Released by host_root_close(). */
int host_root_open(const char *path, struct host_root *ret, struct error *err) _must_check_;
void host_root_close(struct host_root *root);

/*
 * Open path below the root; absolute symbolic links and ".." stay inside a captured tree. Leading
 * slashes of path are ignored. Returns a descriptor or a negative errno.
 */
int host_root_openat(const struct host_root *root, const char *path, int flags) _must_check_;
