/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fileat.h"
#include "base/process.h"

#define MEMLOCK_OVERHEAD (UINT64_C(1) << 30)

/*
 * vfio pins all of the guest's memory and counts it against this limit. Without the right to raise
 * the hard limit, take what it allows: QEMU's own message will name the rest.
 */
static void raise_memlock(uint64_t memory)
{
	struct rlimit limit;
	rlim_t wanted;

	if (__builtin_add_overflow(memory, MEMLOCK_OVERHEAD, &wanted))
		wanted = RLIM_INFINITY;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted) {
		struct rlimit raised = { wanted, wanted };

		if (setrlimit(RLIMIT_MEMLOCK, &raised) == 0)
			return;
		limit.rlim_cur = limit.rlim_max;
	}
	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
}

/* Of ours QEMU gets the standard descriptors, the listening socket, vfio's files and taps. */
static int arrange_descriptors(const struct child_options *options)
{
	int output = -1, r;

	if (options->output_fd >= 0)
		output = fcntl(options->output_fd, F_DUPFD_CLOEXEC, CHILD_LISTEN_FD + 1);
	if (options->listen_fd == CHILD_LISTEN_FD && fcntl(CHILD_LISTEN_FD, F_SETFD, 0) < 0)
		return -errno;
	if (options->listen_fd >= 0 && options->listen_fd != CHILD_LISTEN_FD &&
	    dup2(options->listen_fd, CHILD_LISTEN_FD) < 0)
		return -errno;
	if (output >= 0 && (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0))
		return -errno;
	process_keep_back_from(options->listen_fd >= 0 ? CHILD_LISTEN_FD + 1 : CHILD_LISTEN_FD);
	r = options->fds ? vfio_fds_place(options->fds) : 0;
	return r == 0 && options->nets ? net_fds_place(options->nets) : r;
}

int child_become_qemu(const struct strv *argv, const struct child_options *options,
		      struct error *err)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	int r;

	/* Of what QEMU makes, sockets above all, nothing is for others, nor is it a program. */
	umask(0177);
	unsetenv("NOTIFY_SOCKET");
	if (options->memory > 0)
		raise_memlock(options->memory);
	r = arrange_descriptors(options);
	if (r < 0)
		return error_errno(err, r, "%s: cannot be started: descriptors", argv->items[0]);
	r = options->user ? qemu_user_become(options->user) : 0;
	if (r < 0)
		return error_errno(err, r, "%s: cannot be started: becoming the user %s",
				   argv->items[0], options->user->name);
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(&options->reset, sig) == 1)
			sigaction(sig, &usual, NULL);
	sigprocmask(SIG_SETMASK, &options->mask, NULL);
	execvp(argv->items[0], argv->items);
	return error_errno(err, -errno, "%s: cannot be started", argv->items[0]);
}

static _noreturn_ void wait_and_become(const struct strv *argv, const struct child_options *options,
				       int go_fd, int answer_fd)
{
	struct error err = { .code = 0 };
	ssize_t r;
	char go;

	/* Of a session of its own, it cannot type on our terminal (TIOCSTI) either. */
	if (options->own_group)
		setsid();
	r = fd_read(go_fd, &go, 1);
	if (r == 0)
		_exit(127);
	if (r < 0)
		error_errno(&err, (int)r, "%s: cannot be started: it was not told to go on",
			    argv->items[0]);
	else
		child_become_qemu(argv, options, &err);
	(void)!write(answer_fd, &err, sizeof(err));
	_exit(127);
}

/* Both ends above the numbers that QEMU gets. */
static int make_pipe(int ret[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		ret[i] = fcntl(low[i], F_DUPFD_CLOEXEC, CHILD_LISTEN_FD + 1);
	close(low[0]);
	close(low[1]);
	return ret[0] < 0 || ret[1] < 0 ? -EMFILE : 0;
}

int child_start(const struct strv *argv, const struct child_options *options, struct child *ret,
		struct error *err)
{
	_cleanup_close_ int go_fd = -1, answer_fd = -1;
	int go[2] = { -1, -1 }, answer[2] = { -1, -1 }, r;
	pid_t pid;

	r = make_pipe(go);
	if (r == 0)
		r = make_pipe(answer);
	go_fd = go[0];
	answer_fd = answer[1];
	if (r < 0) {
		cleanup_close(&go[1]);
		cleanup_close(&answer[0]);
		return error_errno(err, r, "%s: cannot be started: pipe", argv->items[0]);
	}
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		close(answer[0]);
		wait_and_become(argv, options, go_fd, answer_fd);
	}
	*ret = (struct child){ .pid = pid, .go_fd = go[1], .answer_fd = answer[0] };
	if (pid > 0)
		return 0;
	r = error_errno(err, -errno, "%s: cannot be started: fork", argv->items[0]);
	cleanup_close(&ret->go_fd);
	cleanup_close(&ret->answer_fd);
	return r;
}

static void reap(struct child *child)
{
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*child = (struct child)CHILD_NONE;
}

void child_stop(struct child *child)
{
	cleanup_close(&child->go_fd);
	cleanup_close(&child->answer_fd);
	reap(child);
}

int child_go(struct child *child, struct error *err)
{
	ssize_t n;
	int r;

	r = write(child->go_fd, "g", 1) < 0 ? -errno : 0;
	if (r < 0) {
		child_stop(child);
		return error_errno(err, r, "QEMU: cannot be started: it cannot be told to go on");
	}
	close(TAKE_FD(child->go_fd));
	n = fd_read(child->answer_fd, (char *)err, sizeof(*err));
	close(TAKE_FD(child->answer_fd));
	if (n != (ssize_t)sizeof(*err))
		return 0;
	reap(child);
	return err->code;
}
