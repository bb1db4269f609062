/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/*
 * Small files below a directory descriptor. All open with O_CLOEXEC and return a negative errno on
 * failure; that something could not be read is noted as well, see base/read-failure.h.
 */

/* Until size bytes are read or the file ends; returns their number. */
ssize_t fd_read(int fd, char *buf, size_t size) _must_check_;

/* As fileat_read_all(), of what is open. */
ssize_t fd_read_all(int fd, size_t max, char **ret) _must_check_;

/* The file's first size - 1 bytes without trailing newlines; returns their number. */
ssize_t fileat_read(int dirfd, const char *path, char *buf, size_t size) _must_check_;

/* The whole file, NUL-terminated, to be freed by the caller; -EFBIG above max bytes. */
ssize_t fileat_read_all(int dirfd, const char *path, size_t max, char **ret) _must_check_;

int fileat_open(int dirfd, const char *path, int flags) _must_check_;

/* NUL-terminated, cut to size - 1 bytes; returns their number. */
ssize_t fileat_readlink(int dirfd, const char *path, char *buf, size_t size) _must_check_;

/* The last component of what a symbolic link points to. */
ssize_t fileat_readlink_base(int dirfd, const char *path, char *buf, size_t size) _must_check_;

/*
 * Replace a file so that a reader, or a crash, sees the old content or the new: a temporary file
 * in the same directory, fsync, rename, fsync of the directory.
 */
int fileat_replace(int dirfd, const char *name, const char *data, size_t len, mode_t mode)
	_must_check_;

/* The same of a regular file that is there: it keeps its owner and its mode. */
int fileat_replace_alike(int dirfd, const char *name, const char *data, size_t len) _must_check_;

/*
 * Make a file, complete or not at all: -EEXIST where something has the name, be it a link to
 * nowhere. Two that try at once do not disturb each other.
 */
int fileat_create(int dirfd, const char *name, const char *data, size_t len, mode_t mode)
	_must_check_;
