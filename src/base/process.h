/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/*
 * What a caller may have left in a state that would do harm: standard descriptors that are closed,
 * so that the next file opened would be written to as standard output or error, and a limit on the
 * size of files, whose signal would end us between two writes. The first thing that main() does.
 */
int process_prepare(struct error *err) _must_check_;

/* From now on a reader that has gone away is an error of the write, and no longer our end. */
void process_outlive_readers(void);

/* No descriptor from first on is handed down to a program that takes our place; or all are closed. */
void process_keep_back_from(int first);
void process_close_from(int first);

/* Signals that are as usual again in the programs that we start. */
extern const int process_ignored_signals[2];
