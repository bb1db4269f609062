/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/macro.h"

/* Messages for people, on standard error. Results go to standard output and never through here. */
enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };

/* Level for the whole process; LOG_NORMAL until set. Errors are printed at every level. */
void log_set_level(enum log_level level);

/* Each prints one line behind "vfioadm: " and leaves errno as it was. */
void log_error(const char *fmt, ...) _printf_(1, 2);
void log_info(const char *fmt, ...) _printf_(1, 2);  /* silent under -q */
void log_debug(const char *fmt, ...) _printf_(1, 2); /* only under -v */

/*
 * From now on each line goes to the kernel's log as well, where it is found after the boot. Without
 * effect where /dev/kmsg cannot be opened.
 */
void log_to_kernel(void);
