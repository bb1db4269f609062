/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/macro.h"

/*
 * Attributes of a sysfs directory that is open at dirfd. Each returns 0 or a negative errno:
 * -ENOENT the attribute is absent, -EINVAL its content is not of the kind asked for, anything else
 * it is there and cannot be read. *ret is set only on success.
 */

/* Text without the trailing newline, to be freed by the caller. */
int sysfs_read_text(int dirfd, const char *name, char **ret);

/* Hexadecimal with or without 0x. */
int sysfs_read_hex(int dirfd, const char *name, uint64_t *ret) _must_check_;

/* Signed decimal. */
int sysfs_read_int(int dirfd, const char *name, int64_t *ret) _must_check_;

/* The last component of a link's target, to be freed by the caller. */
int sysfs_read_link(int dirfd, const char *name, char **ret);
