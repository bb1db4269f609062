/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/step-own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Never through a symbolic link at the end: the plan has followed it, and by now it may be another.
 */
static int open_subject(struct apply *apply, const struct step *step, struct stat *st)
{
	int fd = openat(apply->root->fd, step->subject, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, st);
	if (r == 0 && !S_ISLNK(st->st_mode))
		return fd;
	r = r == 0 ? -ELOOP : -errno;
	close(fd);
	return r;
}

static bool owned_by(const struct stat *st, const char *owner)
{
	char now[32];

	snprintf(now, sizeof(now), "%u:%u", st->st_uid, st->st_gid);
	return strcmp(now, owner) == 0;
}

static int change(int fd, const struct step *step, const char *owner, struct error *err)
{
	unsigned int uid, gid;

	if (sscanf(owner, "%u:%u", &uid, &gid) != 2)
		return error_set(err, -EINVAL, "/%s: %s is not an owner", step->subject, owner);
	if (fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		return error_errno(err, -errno, "/%s: its owner cannot be made %s", step->subject,
				   owner);
	return 0;
}

int own_check(struct apply *apply, const struct step *step, struct error *err)
{
	struct stat st = { 0 };
	_cleanup_close_ int fd = open_subject(apply, step, &st);

	if (fd < 0)
		return error_errno(err, fd, "/%s: cannot be looked at", step->subject);
	return owned_by(&st, step->to) ? STEP_ALREADY : STEP_TO_DO;
}

int own_apply(struct apply *apply, const struct step *step, struct error *err)
{
	struct stat st = { 0 };
	_cleanup_close_ int fd = open_subject(apply, step, &st);

	if (fd < 0)
		return error_errno(err, fd, "/%s: cannot be looked at", step->subject);
	return change(fd, step, step->to, err);
}

/* A node goes with its group's last device, and what someone else gave away is theirs to decide. */
int own_undo(struct apply *apply, const struct step *step, struct error *err)
{
	struct stat st = { 0 };
	_cleanup_close_ int fd = open_subject(apply, step, &st);

	if (fd < 0 && fd != -ENOENT && fd != -ELOOP)
		return error_errno(err, fd, "/%s: its owner cannot be made %s again", step->subject,
				   step->from);
	if (fd < 0 || !owned_by(&st, step->to))
		return 0;
	return change(fd, step, step->from, err);
}
