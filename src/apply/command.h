/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/*
 * Run another program, found in PATH, and wait for its end; it has our standard output and error.
 * Returns its exit status, or a negative errno when it could not be started or was killed.
 */
int command_run(const char *const *argv, struct error *err) _must_check_;
