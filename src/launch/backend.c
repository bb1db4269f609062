/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/backend.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/log.h"
#include "launch/child.h"

#define STOP_TIMEOUT_MS 5000

struct backend *backends_add(struct backends *backends)
{
	ARRAY_GROW(backends->items, backends->count);
	backends->items[backends->count] = (struct backend){ 0 };
	return &backends->items[backends->count++];
}

void backends_plan(const struct guest *guest, struct backends *ret, struct strv *problems)
{
	*ret = (struct backends){ 0 };
	backends_plan_swtpm(guest, ret, problems);
	backends_plan_virtiofsd(guest, ret, problems);
}

void backends_release(struct backends *backends)
{
	for (size_t i = 0; i < backends->count; i++) {
		free(backends->items[i].name);
		strv_release(&backends->items[i].argv);
	}
	free(backends->items);
	*backends = (struct backends){ 0 };
}

/* No key of a terminal reaches it: it has to outlive QEMU. */
static struct child_options child_options(const struct backend *backend,
					  const struct backend_options *options)
{
	struct child_options child = {
		.user = backend->as_root ? NULL : options->user,
		.listen_fd = options->listen_fd,
		.output_fd = options->output_fd,
		.own_group = true,
	};

	sigemptyset(&child.mask);
	sigfillset(&child.reset);
	return child;
}

int backend_start(struct backend *backend, const struct backend_options *options, struct error *err)
{
	struct child_options how = child_options(backend, options);
	struct child child = CHILD_NONE;
	int r = child_start(&backend->argv, &how, &child, err);

	if (r < 0)
		return r;
	backend->pid = child.pid;
	if (options->started)
		r = options->started(backend, options->data, err);
	if (r < 0)
		child_stop(&child);
	else
		r = child_go(&child, err);
	if (r < 0)
		backend->pid = 0;
	else
		log_debug("%s: started, pid %d", backend->name, (int)backend->pid);
	return r;
}

/* Whether it has ended; *ret_status is as a shell would have it. Its number stays taken. */
static bool has_ended(const struct backend *backend, int *ret_status)
{
	siginfo_t info = { 0 };
	int r = waitid(P_PID, (id_t)backend->pid, &info, WEXITED | WNOHANG | WNOWAIT);

	*ret_status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	/* Where SIGCHLD is ignored the kernel keeps nothing of it. */
	return r < 0 || info.si_pid == backend->pid;
}

/* A process of its group that outlived it, as virtiofsd's child might, goes as well. */
static void reap(struct backend *backend)
{
	kill(-backend->pid, SIGKILL);
	while (waitpid(backend->pid, NULL, 0) < 0 && errno == EINTR)
		;
	backend->pid = 0;
}

int backends_check(struct backends *backends, struct error *err)
{
	for (size_t i = 0; i < backends->count; i++) {
		struct backend *backend = &backends->items[i];
		int status;

		if (backend->pid > 0 && has_ended(backend, &status)) {
			error_set(err, -ECHILD,
				  "%s: ended before the guest began, with status %d; "
				  "what it said is above, or in the guest's log",
				  backend->name, status);
			reap(backend);
			return err->code;
		}
	}
	return 0;
}

void backends_watch(struct backends *backends, bool expected)
{
	for (size_t i = 0; i < backends->count; i++) {
		struct backend *backend = &backends->items[i];
		int status;

		if (backend->pid <= 0 || !has_ended(backend, &status))
			continue;
		if (expected || status == 0)
			log_debug("%s (pid %d): ended with status %d", backend->name,
				  (int)backend->pid, status);
		else
			log_error(
				"%s (pid %d): ended before QEMU, with status %d: the guest has it "
				"back after the next launch",
				backend->name, (int)backend->pid, status);
		reap(backend);
	}
}

static bool ends_on(int sig, pid_t pid, int pid_fd)
{
	struct pollfd ended = { .fd = pid_fd, .events = POLLIN };
	int r;

	kill(-pid, sig);
	do
		r = poll(&ended, 1, STOP_TIMEOUT_MS);
	while (r < 0 && errno == EINTR);
	return r > 0;
}

void backend_stop_stray(const char *name, pid_t pid, int pid_fd)
{
	log_debug("%s (pid %d): ending it", name, (int)pid);
	if (!ends_on(SIGTERM, pid, pid_fd) && !ends_on(SIGKILL, pid, pid_fd))
		log_error("%s (pid %d): does not end, not even by SIGKILL: what it serves hangs",
			  name, (int)pid);
}

void backends_stop(struct backends *backends)
{
	for (size_t i = backends->count; i-- > 0;) {
		struct backend *backend = &backends->items[i];
		_cleanup_close_ int pid_fd = -1;
		int status;

		if (backend->pid <= 0)
			continue;
		pid_fd = pidfd_open(backend->pid, 0);
		/* Without a descriptor its end cannot be waited for; left to run it would outlive us. */
		if (pid_fd < 0)
			kill(-backend->pid, SIGKILL);
		else if (!has_ended(backend, &status))
			backend_stop_stray(backend->name, backend->pid, pid_fd);
		if (has_ended(backend, &status))
			reap(backend);
	}
}
