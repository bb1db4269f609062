/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * QEMU's locks on the images it has open (its block/file-posix.c): open-file-description locks, for
 * reading, on single bytes. Byte 100 + n: its user makes use of permission n; byte 200 + n: it
 * suffers no other user of it. Permission 1 is to write.
 *
 * Whether a QEMU that has the file open would keep another from it, who wants to write it or only
 * to read it: 1 or 0, or a negative errno.
 */
int image_lock_conflicts(const char *path, bool writes);
