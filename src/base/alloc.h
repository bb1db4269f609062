/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include "base/macro.h"

/*
 * Allocation that ends the process when memory runs out: fit for everything that has not yet
 * changed the host. apply/ allocates nothing once a transaction has begun.
 */
void *xcalloc(size_t count, size_t size) _must_check_;
void *xreallocarray(void *old, size_t count, size_t size) _must_check_;
char *xstrdup(const char *text) _must_check_; /* NULL stays NULL */
char *xstrndup(const char *text, size_t len) _must_check_;
char *xasprintf(const char *fmt, ...) _must_check_ _printf_(1, 2);
char *xvasprintf(const char *fmt, va_list ap) _must_check_ _printf_(1, 0);

FILE *xopen_memstream(char **text, size_t *size) _must_check_ __attribute__((returns_nonnull));

/* How that end is told: EXIT_FAILURE and "nothing was changed" until it is set. */
void alloc_on_failure(int code, const char *text);

/* Room for one more element at the end of an array that is grown by doubling. */
#define ARRAY_GROW(array, count) \
	do { \
		if (((count) & ((count) - 1)) == 0) \
			(array) = xreallocarray((array), (count) ? 2 * (count) : 1, \
						sizeof(*(array))); \
	} while (0)
