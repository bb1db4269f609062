/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/process.h"

#define OUTPUT_MAX (1024 * 1024)

struct reader {
	int fd; /* -1: at its end */
	char *text;
	size_t len;
};

static void read_some(struct reader *reader)
{
	ssize_t n;

	if (!reader->text)
		reader->text = xcalloc(1, OUTPUT_MAX + 1);
	n = read(reader->fd, reader->text + reader->len, OUTPUT_MAX - reader->len);
	if (n < 0 && errno == EINTR)
		return;
	if (n > 0)
		reader->len += (size_t)n;
	else
		close(TAKE_FD(reader->fd));
}

/* Until both are at their end; -ETIMEDOUT otherwise. */
static int read_both(struct reader readers[2], int64_t deadline_ms)
{
	while (readers[0].fd >= 0 || readers[1].fd >= 0) {
		struct pollfd polled[2] = { { readers[0].fd, POLLIN, 0 },
					    { readers[1].fd, POLLIN, 0 } };
		int64_t left = deadline_ms - clock_now_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(polled, 2, (int)left) < 0 && errno != EINTR)
			return -errno;
		for (size_t i = 0; i < 2; i++)
			if (polled[i].fd >= 0 && polled[i].revents)
				read_some(&readers[i]);
	}
	return 0;
}

/* A file that is open for nobody else: unlike a pipe it takes all the input at once. */
static int open_input(const char *input)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	ssize_t len = (ssize_t)strlen(input);

	if (fd < 0)
		return -errno;
	if (write(fd, input, (size_t)len) != len || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* No signal blocked, and none ignored on our account. */
static void set_signals(posix_spawnattr_t *attributes, short other_flags)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	for (size_t i = 0; i < ARRAY_SIZE(process_ignored_signals); i++)
		sigaddset(&usual, process_ignored_signals[i]);
	posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF | other_flags));
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &usual);
}

/* In a session of its own, so that no key on our terminal reaches it. */
static int spawn(const struct strv *argv, const int fds[3], pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	set_signals(&attributes, POSIX_SPAWN_SETSID);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	r = posix_spawnp(ret, argv->items[0], &actions, &attributes, argv->items, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -r;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int start(const struct strv *argv, const char *input, struct reader readers[2], pid_t *pid)
{
	_cleanup_close_ int in = open_input(input), out = -1, err = -1;
	int pipes[2][2];

	if (in < 0)
		return in;
	if (pipe2(pipes[0], O_CLOEXEC) < 0)
		return -errno;
	readers[0].fd = pipes[0][0];
	out = pipes[0][1];
	if (pipe2(pipes[1], O_CLOEXEC) < 0)
		return -errno;
	readers[1].fd = pipes[1][0];
	err = pipes[1][1];
	return spawn(argv, (const int[]){ in, out, err }, pid);
}

int command_capture(const struct strv *argv, const char *input, int timeout_ms,
		    struct command_output *ret, struct error *err)
{
	struct reader readers[2] = { { -1, NULL, 0 }, { -1, NULL, 0 } };
	pid_t pid = -1;
	int r;

	*ret = (struct command_output){ 0 };
	r = start(argv, input, readers, &pid);
	if (r == 0) {
		r = read_both(readers, clock_now_ms() + timeout_ms);
		/* One that has closed its output without ending is of no more use, either. */
		if (r < 0)
			kill(pid, SIGKILL);
		ret->status = wait_for(pid);
	}
	for (size_t i = 0; i < 2; i++)
		cleanup_close(&readers[i].fd);
	ret->out = readers[0].text ? readers[0].text : xstrdup("");
	ret->err = readers[1].text ? readers[1].text : xstrdup("");
	if (r == 0)
		return 0;
	command_output_release(ret);
	return error_errno(err, r, "%s: cannot be run", argv->items[0]);
}

void command_output_release(struct command_output *output)
{
	free(output->out);
	free(output->err);
	*output = (struct command_output){ 0 };
}

int command_run(const char *const *argv, struct error *err)
{
	posix_spawnattr_t attributes;
	int status = 0, r;
	pid_t pid;

	posix_spawnattr_init(&attributes);
	set_signals(&attributes, 0);
	r = posix_spawnp(&pid, argv[0], NULL, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	if (r != 0)
		return error_errno(err, -r, "%s: cannot be started", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return error_set(err, -EINTR, "%s: was ended by signal %d", argv[0],
				 WTERMSIG(status));
	return WEXITSTATUS(status);
}
