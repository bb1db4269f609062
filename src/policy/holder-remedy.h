/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * How to make a process let go of a device, by the process's name as /proc/PID/comm has it: to be
 * freed. Services that hold GPUs and sound cards for good are known, with the command that stops
 * each; killing them would only have them started again.
 */
char *holder_remedy(const char *name);
