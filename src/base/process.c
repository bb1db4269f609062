/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
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
