/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/macro.h"

/*
 * Write a tar archive (POSIX ustar, with GNU's extension for long names), every entry owned by root
 * and dated at the epoch, so that the same content gives the same bytes. Names are relative. Write
 * errors show in ferror(out); the caller looks once, at the end.
 */
void tar_directory(FILE *out, const char *name);
void tar_file(FILE *out, const char *name, const void *data, size_t len);
void tar_link(FILE *out, const char *name, const char *target);
void tar_end(FILE *out);
