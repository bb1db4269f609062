/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define STOP_TIMEOUT_MS	 30000
#define MEMLOCK_OVERHEAD (UINT64_C(1) << 30)

static const int stop_signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

struct signal_state {
	sigset_t waited; /* what we wait for: the stop signals in use, and SIGCHLD */
	sigset_t old_mask;
	struct sigaction old_child;
};

/* With SIGCHLD ignored, as a careless parent may leave it, the kernel would reap QEMU unseen. */
static void signals_take(struct signal_state *state)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, current;

	sigemptyset(&state->waited);
	sigaddset(&state->waited, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(stop_signals); i++) {
		/* A blocked signal is queued even where it is ignored: nohup means it. */
		if (sigaction(stop_signals[i], NULL, &current) == 0 &&
		    current.sa_handler != SIG_IGN)
			sigaddset(&state->waited, stop_signals[i]);
	}
	sigprocmask(SIG_BLOCK, &state->waited, &state->old_mask);
	sigaction(SIGCHLD, &usual, &state->old_child);
}

static void signals_give_back(const struct signal_state *state)
{
	static const struct timespec no_time = { 0 };

	while (sigtimedwait(&state->waited, NULL, &no_time) > 0)
		;
	sigaction(SIGCHLD, &state->old_child, NULL);
	sigprocmask(SIG_SETMASK, &state->old_mask, NULL);
}

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

/* In the child: become QEMU, or tell the parent why not. */
static _noreturn_ void child(const struct strv *argv, const struct launch_options *options,
			     const struct signal_state *state, int status_fd)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t mask = state->old_mask;
	int why;

	/* QEMU stops on these, so it must get them even if our caller had them blocked. */
	sigdelset(&mask, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(stop_signals); i++) {
		if (!sigismember(&state->waited, stop_signals[i]))
			continue;
		sigaction(stop_signals[i], &usual, NULL);
		sigdelset(&mask, stop_signals[i]);
	}
	raise_memlock(options->memory);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	why = options->fds ? -vfio_fds_place(options->fds) : 0;
	if (why == 0) {
		execvp(argv->items[0], argv->items);
		why = errno;
	}
	while (write(status_fd, &why, sizeof(why)) < 0 && errno == EINTR)
		;
	_exit(127);
}

/* 0 once the child has become QEMU, which closes the pipe; else the negative errno of exec. */
static int wait_exec(int fd)
{
	int why = 0;
	ssize_t n;

	do
		n = read(fd, &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	return n == sizeof(why) ? -why : 0;
}

static int spawn(const struct strv *argv, const struct launch_options *options,
		 const struct signal_state *state, pid_t *ret, struct error *err)
{
	_cleanup_close_ int read_fd = -1, write_fd = -1;
	int fds[2], r;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "%s: cannot be started: pipe", argv->items[0]);
	read_fd = fds[0];
	write_fd = fds[1];
	pid = fork();
	if (pid < 0)
		return error_errno(err, -errno, "%s: cannot be started: fork", argv->items[0]);
	if (pid == 0)
		child(argv, options, state, write_fd);
	close(TAKE_FD(write_fd));
	r = wait_exec(read_fd);
	if (r < 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return error_errno(err, r, "%s: cannot be started", argv->items[0]);
	}
	*ret = pid;
	return 0;
}

/* The next signal, or -1 at the deadline, which 0 means there is none. */
static int next_signal(const sigset_t *set, int64_t deadline_ms)
{
	for (;;) {
		int64_t left = deadline_ms - clock_now_ms();
		struct timespec t = { 0 };
		int sig;

		if (left > 0)
			t = (struct timespec){ left / 1000, left % 1000 * 1000000 };
		sig = deadline_ms ? sigtimedwait(set, NULL, &t) : sigwaitinfo(set, NULL);
		if (sig > 0 || errno == EAGAIN)
			return sig;
	}
}

/*
 * QEMU ends itself on SIGTERM without asking the guest. One that does not is stuck, and the devices
 * can only be given back once it is gone. It is our child until it is reaped here, so its pid
 * cannot have become another's.
 */
static int wait_exit(pid_t pid, const sigset_t *signals, unsigned int timeout_ms)
{
	int64_t deadline_ms = 0;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		int sig = next_signal(signals, deadline_ms);

		if (sig == SIGCHLD)
			continue;
		if (sig > 0) {
			log_debug("QEMU (pid %d): passing on signal %d as SIGTERM", pid, sig);
			kill(pid, SIGTERM);
			if (!deadline_ms)
				deadline_ms = clock_now_ms() + timeout_ms;
			continue;
		}
		log_info("QEMU (pid %d): did not stop within %u ms: killing it", pid, timeout_ms);
		kill(pid, SIGKILL);
		deadline_ms = 0;
	}
	return status;
}

int launch_run(const struct strv *argv, const struct launch_options *options, int *ret_status,
	       struct error *err)
{
	unsigned int timeout_ms =
		options->stop_timeout_ms ? options->stop_timeout_ms : STOP_TIMEOUT_MS;
	struct signal_state state;
	pid_t pid = -1;
	int r;

	signals_take(&state);
	r = spawn(argv, options, &state, &pid, err);
	if (r == 0) {
		int status = wait_exit(pid, &state.waited, timeout_ms);

		*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	signals_give_back(&state);
	return r;
}
