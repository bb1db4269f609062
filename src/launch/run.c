/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/run.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "launch/child.h"
#include "launch/pinning.h"
#include "launch/supervise.h"

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

/* QEMU stops on these, so it must get them even if our caller had them blocked. */
static struct child_options child_options(const struct launch_options *options,
					  const struct signal_state *state)
{
	struct child_options child = {
		.memory = options->memory,
		.fds = options->fds,
		.nets = options->nets,
		.user = options->user,
		.listen_fd = options->qmp_fd,
		.output_fd = options->output_fd,
		.own_group = options->own_group,
		.mask = state->old_mask,
	};

	sigemptyset(&child.reset);
	sigdelset(&child.mask, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(stop_signals); i++) {
		if (!sigismember(&state->waited, stop_signals[i]))
			continue;
		sigaddset(&child.reset, stop_signals[i]);
		sigdelset(&child.mask, stop_signals[i]);
	}
	return child;
}

static int spawn(const struct strv *argv, const struct launch_options *options,
		 const struct signal_state *state, pid_t *ret, struct error *err)
{
	struct child_options how = child_options(options, state);
	struct child child = CHILD_NONE;
	int r = child_start(argv, &how, &child, err);

	if (r < 0)
		return r;
	if (options->events.started)
		r = options->events.started(child.pid, options->events.data, err);
	if (r == 0 && options->pinned)
		r = pinning_start(options->pinned, child.pid, err);
	if (r < 0) {
		child_stop(&child);
		return r;
	}
	r = child_go(&child, err);
	*ret = child.pid;
	return r;
}

int launch_run(const struct strv *argv, const struct launch_options *options, int *ret_status,
	       struct error *err)
{
	_cleanup_close_ int signal_fd = -1;
	struct signal_state state;
	pid_t pid = -1;
	int r;

	signals_take(&state);
	/* Before QEMU is there: nobody could wait for its end without. */
	signal_fd = signalfd(-1, &state.waited, SFD_CLOEXEC | SFD_NONBLOCK);
	r = signal_fd < 0 ? error_errno(err, -errno, "%s: cannot be started: signalfd",
					argv->items[0])
			  : spawn(argv, options, &state, &pid, err);
	if (r == 0) {
		int status;

		r = supervise(pid, options, signal_fd, &status, err);
		*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	signals_give_back(&state);
	return r;
}

int launch_exec(const struct strv *argv, const struct launch_options *options, struct error *err)
{
	struct signal_state state;
	struct child_options how;
	int r;

	signals_take(&state);
	how = child_options(options, &state);
	r = child_become_qemu(argv, &how, err);
	signals_give_back(&state);
	return r;
}
