/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/wrap.h"

#define LINE_SIZE 2048

static enum log_level current_level = LOG_NORMAL;
static int kernel_fd = -1;

void log_set_level(enum log_level level)
{
	current_level = level;
}

void log_to_kernel(void)
{
	if (kernel_fd < 0)
		kernel_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

/* One write(2) is one record, "<priority>" in front; the kernel cuts what is longer than this. */
static void log_kernel_line(int priority, const char *line)
{
	char record[976];
	int len = snprintf(record, sizeof(record), "<%d>vfioadm: %s\n", LOG_DAEMON | priority,
			   line);

	if (len >= (int)sizeof(record))
		len = (int)sizeof(record) - 1;
	if (write(kernel_fd, record, (size_t)len) < 0)
		kernel_fd = -1;
}

/* One write per line: several processes of ours may share the terminal. */
static void put_line(const char *line)
{
	static const char start[] = "vfioadm: ";
	size_t width = terminal_width(stderr);
	char wrapped[2 * LINE_SIZE];
	/* In the middle of a change no memory must not be our end: the line goes as it is. */
	FILE *out = width > 0 ? fmemopen(wrapped, sizeof(wrapped), "w") : NULL;

	if (out) {
		put_wrapped(out, width, strlen(start), 4, line);
		fclose(out);
	}
	fprintf(stderr, "%s%s\n", start, out ? wrapped : line);
}

static void log_line(int priority, const char *fmt, va_list ap)
{
	int saved_errno = errno;
	char line[LINE_SIZE];

	vsnprintf(line, sizeof(line), fmt, ap);
	printable(line);
	put_line(line);
	if (kernel_fd >= 0)
		log_kernel_line(priority, line);
	errno = saved_errno;
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_ERR, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (current_level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	log_line(LOG_INFO, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (current_level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	log_line(LOG_DEBUG, fmt, ap);
	va_end(ap);
}
