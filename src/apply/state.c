/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "base/fileat.h"
#include "host/names.h"

/* Whoever can write here could make us write anything anywhere in the name of undoing. */
static int check_trusted(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "%s: cannot look at it", path);
	if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, -EPERM, "%s: someone other than root owns it or can write to "
				 "it: chown root and chmod go-w it first", path);
	return 0;
}

/* The directory above ours: who can write there could put another in its place. */
static int open_runtime_directory(const struct host_root *root, int *ret, struct error *err)
{
	int fd = host_root_openat(root, RUNSTATEDIR, O_RDONLY | O_DIRECTORY), r;

	/* A bare initramfs may not have it yet. */
	if (fd == -ENOENT && root->live && mkdir(RUNSTATEDIR, 0755) == 0)
		fd = host_root_openat(root, RUNSTATEDIR, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return error_errno(err, fd, RUNSTATEDIR ": cannot open");
	r = check_trusted(fd, RUNSTATEDIR, err);
	if (r < 0)
		close(fd);
	else
		*ret = fd;
	return r;
}

int state_directory(int parent, const char *name, const char *path, int *ret, struct error *err)
{
	int fd, r;

	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return error_errno(err, -errno, "%s: cannot make the directory", path);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, -errno, "%s: cannot open the directory", path);
	r = check_trusted(fd, path, err);
	if (r < 0)
		close(fd);
	else
		*ret = fd;
	return r;
}

/* It is written to: by another name it could be any file of root's. */
static int check_lock_file(int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, NAME_STATE_DIR "/lock: cannot look at it");
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return error_set(err, -EPERM, NAME_STATE_DIR "/lock: it is not a file of its own: "
				 "remove it");
	return check_trusted(fd, NAME_STATE_DIR "/lock", err);
}

static void interrupt(int signal)
{
	(void)signal;
}

/*
 * flock(2) knows no time-out; a signal without SA_RESTART ends it. The timer goes on ringing, for the
 * first ring may come before the wait has begun.
 */
static int lock_within(int fd, int wait_ms)
{
	const struct itimerval off = { 0 }, timer = {
		.it_value = { wait_ms / 1000, wait_ms % 1000 * 1000 },
		.it_interval = { 0, 50000 },
	};
	struct sigaction action = { .sa_handler = interrupt }, before;
	int r;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || wait_ms <= 0)
		return -errno;
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &timer, NULL);
	r = flock(fd, LOCK_EX) < 0 ? -errno : 0;
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &before, NULL);
	return r == -EINTR ? -EWOULDBLOCK : r;
}

static int take_lock(struct state *state, const char *purpose, int wait_ms, struct error *err)
{
	char holder[128] = "";
	int r;

	state->lock_fd = openat(state->dirfd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
				0644);
	if (state->lock_fd < 0)
		return error_errno(err, -errno, NAME_STATE_DIR "/lock: cannot open");
	r = check_lock_file(state->lock_fd, err);
	if (r < 0)
		return r;
	r = lock_within(state->lock_fd, wait_ms);
	if (r < 0) {
		if (r != -EWOULDBLOCK)
			return error_errno(err, r, NAME_STATE_DIR "/lock: cannot lock");
		if (fileat_read(state->dirfd, "lock", holder, sizeof(holder)) <= 0)
			strcpy(holder, "another vfioadm");
		return error_set(err, -EBUSY, NAME_STATE_DIR "/lock: %s is at work: try again when "
				 "it is done", holder);
	}
	r = ftruncate(state->lock_fd, 0);
	if (r == 0)
		r = dprintf(state->lock_fd, "vfioadm %s (pid %d)\n", purpose, (int)getpid());
	return r < 0 ? error_errno(err, -errno, NAME_STATE_DIR "/lock: cannot write") : 0;
}

int state_open_within(const struct host_root *root, const char *purpose, int wait_ms,
		      struct state *ret, struct error *err)
{
	struct state state = STATE_CLOSED;
	_cleanup_close_ int run_fd = -1;
	int r = open_runtime_directory(root, &run_fd, err);

	if (r == 0)
		r = state_directory(run_fd, "vfioadm", NAME_STATE_DIR, &state.dirfd, err);
	if (r == 0)
		r = state_directory(state.dirfd, "held", NAME_HELD_DIR, &state.held_fd, err);
	if (r == 0)
		r = take_lock(&state, purpose, wait_ms, err);
	state.journal_dirfd = state.dirfd;
	if (r < 0)
		state_close(&state);
	else
		*ret = state;
	return r;
}

int state_open(const struct host_root *root, const char *purpose, struct state *ret,
	       struct error *err)
{
	return state_open_within(root, purpose, 0, ret, err);
}

void state_close(struct state *state)
{
	cleanup_close(&state->lock_fd);
	cleanup_close(&state->held_fd);
	cleanup_close(&state->dirfd);
	*state = (struct state)STATE_CLOSED;
}
