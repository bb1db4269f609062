/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/read-failure.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct error first;

/* Root is refused nothing that it reads here, unless by a security module. */
static bool says_nothing(int error)
{
	switch (-error) {
	case EIO:
	case EINTR:
	case ENOMEM:
	case EMFILE:
	case EPIPE:
	case EAGAIN:
	case ENFILE:
	case ENOBUFS:
	case ELIBACC:
		return true;
	case EACCES:
	case EPERM:
		return geteuid() == 0;
	default:
		return false;
	}
}

void read_failure_note(int dirfd, const char *path, int error)
{
	char link[48], directory[256];
	int saved_errno = errno;
	ssize_t len = 0;

	if (!says_nothing(error) || first.code < 0)
		return;
	if (dirfd >= 0 && *path != '/') {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		len = readlink(link, directory, sizeof(directory) - 1);
	}
	directory[len > 0 ? len : 0] = '\0';
	error_errno(&first, error, "%s%s%s: cannot be read", strcmp(directory, "/") ? directory : "",
		    *path == '/' || !*path ? "" : "/", path);
	errno = saved_errno;
}

int read_failure_check(struct error *err)
{
	if (first.code < 0)
		*err = first;
	return first.code;
}

void read_failure_forget(void)
{
	first.code = 0;
}
