/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

/*
 * The change of one file as a unified diff, which patch -p1 takes: one hunk, with three lines of
 * context. before or after NULL: the file is not there. Prints nothing where both are the same.
 */
void text_diff(FILE *out, const char *path, const char *before, const char *after);
