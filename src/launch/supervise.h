/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <signal.h>

#include "launch/run.h"

/*
 * Stay with QEMU, our child, until it is gone: connect to its monitor, answer the signals, which
 * are blocked, as launch_run() promises. Returns its status as of waitpid(2).
 */
int supervise(pid_t pid, const struct launch_options *options, const sigset_t *signals);
