/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _must_check_ __attribute__((warn_unused_result))
#define _noreturn_ __attribute__((noreturn))
#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _cleanup_free_ _cleanup_(cleanup_free)
#define _cleanup_close_ _cleanup_(cleanup_close)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Hand a pointer or a descriptor over to a new owner; the old one is left empty. */
#define TAKE_PTR(p) ({ typeof(p) take_ = (p); (p) = NULL; take_; })
#define TAKE_FD(fd) ({ int take_ = (fd); (fd) = -1; take_; })

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

/* A failed close(2) is not retried: on Linux the descriptor is gone even after EINTR. */
static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
