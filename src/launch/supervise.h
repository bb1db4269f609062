/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "launch/run.h"

/*
 * Stay with QEMU, our child, until it is gone: connect to its monitor, answer the signals, which
 * come from signal_fd, as launch_run() promises. *ret_status is its status as of waitpid(2). Returns 0, or a
 * negative errno with err set when QEMU was ended because the threads of a paused guest could not be
 * pinned.
 */
int supervise(pid_t pid, const struct launch_options *options, int signal_fd, int *ret_status,
	      struct error *err) _must_check_;
