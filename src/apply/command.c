/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/command.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

int command_run(const char *const *argv, struct error *err)
{
	int status = 0, r;
	pid_t pid;

	r = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ);
	if (r != 0)
		return error_errno(err, -r, "%s: cannot be started", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return error_set(err, -EINTR, "%s: was ended by signal %d", argv[0],
				 WTERMSIG(status));
	return WEXITSTATUS(status);
}
