/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>

const int process_ignored_signals[2] = { SIGXFSZ, SIGPIPE };

/* A descriptor that can be neither read nor written: what is closed must not look as if it were open. */
static int fill_descriptor(int fd, struct error *err)
{
	int filler = open("/", O_PATH);

	if (filler == fd)
		return 0;
	error_errno(err, filler < 0 ? -errno : -EBADF, "descriptor %d: it is closed, and nothing can "
		    "be put in its place", fd);
	cleanup_close(&filler);
	return err->code;
}

int process_prepare(struct error *err)
{
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	for (int fd = STDIN_FILENO; r == 0 && fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			r = fill_descriptor(fd, err);
	return r;
}

void process_outlive_readers(void)
{
	signal(SIGPIPE, SIG_IGN);
}

/* Linux has close_range(2) from 5.9 on, and CLOSE_RANGE_CLOEXEC from 5.11. */
void process_keep_back_from(int first)
{
	if (close_range((unsigned int)first, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		for (int fd = first; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void process_close_from(int first)
{
	if (close_range((unsigned int)first, ~0U, 0) < 0)
		for (int fd = first; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
			close(fd);
}
