/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/*
 * What could not be read for a reason that says nothing about it: no memory, no free descriptor, a
 * medium that fails. Readers take a file that they cannot read for one that is absent, which is right
 * for most errors, and for these would be to overlook what is in the way. So the first of them is
 * noted here, for the whole process, and who is about to change the host asks before.
 */
void read_failure_note(int dirfd, const char *path, int error); /* a negative errno; others are ignored */

/* 0, or the errno of the first, with err set. */
int read_failure_check(struct error *err) _must_check_;

/* What follows is about the host as it is after a change. */
void read_failure_forget(void);
