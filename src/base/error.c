/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return code;
}

int error_errno(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", strerror(-code));
	return code;
}

int error_prefix(struct error *err, const char *fmt, ...)
{
	char prefix[sizeof(err->msg)];
	size_t len, room;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	len = strnlen(prefix, sizeof(prefix) - 3);
	memcpy(prefix + len, ": ", 3);
	len += 2;
	room = sizeof(err->msg) - len - 1;
	memmove(err->msg + len, err->msg, strnlen(err->msg, room) + 1);
	err->msg[sizeof(err->msg) - 1] = '\0';
	memcpy(err->msg, prefix, len);
	return err->code;
}
