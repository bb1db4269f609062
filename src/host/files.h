/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/strv.h"
#include "host/root.h"

/*
 * Files of the host that is looked at, by a path below its root; links are followed inside it.
 * -ENOENT means absent, any other negative errno that it is there and could not be read.
 */

/* The whole text, NUL-terminated, to be freed; its length, or a negative errno. */
ssize_t host_read(const struct host_root *root, const char *path, char **ret) _must_check_;

/* The names in a directory, sorted, without those that begin with a dot. */
int host_list(const struct host_root *root, const char *path, struct strv *ret) _must_check_;

/* What a symbolic link says, whole. */
int host_readlink(const struct host_root *root, const char *path, char *buf, size_t size)
	_must_check_;

bool host_has(const struct host_root *root, const char *path);
