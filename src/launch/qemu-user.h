/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* Whom QEMU runs as. */
struct qemu_user {
	char *name;
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary: those of the user, and the one of /dev/kvm */
	size_t group_count;
};

/*
 * The user that the guest file names, or for "auto" the first there is of vfioadm-qemu,
 * libvirt-qemu, qemu and nobody: never root, unless it is named. -ENOENT when there is none.
 */
int qemu_user_find(const char *wanted, struct qemu_user *ret, struct error *err) _must_check_;
void qemu_user_release(struct qemu_user *user);

/* Become the user for good, with no way back and no more rights than its own. */
int qemu_user_become(const struct qemu_user *user) _must_check_;

/* A file and what QEMU will do with it; a test for access by qemu_user_try(). */
struct qemu_access {
	const char *path;
	int mode;  /* R_OK, W_OK, X_OK */
	int error; /* set: 0, or why the user has no such access, as an errno */
};

/*
 * Find out what the user may do, by asking the kernel as that user, in a child process. Needs root,
 * or to be that user: -EPERM.
 */
int qemu_user_try(const struct qemu_user *user, struct qemu_access *files, size_t count,
		  struct error *err) _must_check_;
