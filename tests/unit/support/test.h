/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What cmocka.h wants before it, cmocka itself, and what it lacks. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* For what is expected to come: no machine is so busy that it comes later. */
#define PATIENCE_MS 60000

#define assert_contains(text, part)                                                                \
	do {                                                                                       \
		const char *text_ = (text), *part_ = (part);                                       \
		if (!strstr(text_, part_))                                                         \
			fail_msg("\"%s\" does not contain \"%s\"", text_, part_);                  \
	} while (0)

/* For calls that return 0 and explain a failure in err. */
#define assert_ok(call, err)                                                                       \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s: %s", #call, (err).msg);                                      \
	} while (0)

/* A shell starts what is in its background with SIGINT ignored, and what is ignored stays so. */
static inline void signals_as_usual(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}
