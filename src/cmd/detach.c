/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/detach.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fileat.h"
#include "base/log.h"
#include "cmd/exit-code.h"

static _noreturn_ void wait_for_ready(int fd)
{
	int status;

	if (fd_read(fd, (char *)&status, sizeof(status)) != sizeof(status)) {
		log_error("vfioadm was killed in the background: run vfioadm recover");
		status = CODE_STUCK;
	}
	_exit(status);
}

int detach(int log_fd, struct detached *ret)
{
	int fds[2], null;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		int r = -errno;

		close(fds[0]);
		close(fds[1]);
		return r;
	}
	if (pid > 0) {
		close(fds[1]);
		wait_for_ready(fds[0]);
	}
	close(fds[0]);
	/* No terminal from here on, so none that could hang up. */
	setsid();
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	cleanup_close(&null);
	*ret = (struct detached){ .ready_fd = fds[1], .log_fd = log_fd };
	return 0;
}

static void say(struct detached *detached, int status)
{
	if (detached->ready_fd < 0)
		return;
	(void)!write(detached->ready_fd, &status, sizeof(status));
	close(detached->ready_fd);
	detached->ready_fd = -1;
}

void detached_ready(struct detached *detached)
{
	if (detached->ready_fd < 0)
		return;
	dup2(detached->log_fd, STDOUT_FILENO);
	dup2(detached->log_fd, STDERR_FILENO);
	say(detached, CODE_DONE);
}

void detached_end(struct detached *detached, int status)
{
	say(detached, status);
}
