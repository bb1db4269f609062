/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <signal.h>
#include <stdint.h>

#include "base/strv.h"
#include "launch/net-fds.h"
#include "launch/qemu-user.h"
#include "launch/vfio-fds.h"

/* What QEMU, or a backend of it, is given besides its arguments. */
struct child_options {
	uint64_t memory;	      /* bytes of guest RAM, which vfio locks; 0: none */
	const struct vfio_fds *fds;   /* open files to hand to QEMU; NULL or count 0: none */
	const struct net_fds *nets;   /* the same */
	const struct qemu_user *user; /* NULL: whoever we are */
	int listen_fd;		      /* a listening socket, for CHILD_LISTEN_FD; -1: none */
	int output_fd;		      /* for standard output and error; -1: ours */
	bool own_group;		      /* our terminal is not for QEMU, nor its ^C */
	sigset_t mask;		      /* the signal mask it starts with */
	sigset_t reset;		      /* signals to be handled as by default */
};

#define CHILD_LISTEN_FD 3

/*
 * In the process that is to become QEMU: limits, descriptors, user, exec. Returns only on failure,
 * with err set.
 */
int child_become_qemu(const struct strv *argv, const struct child_options *options,
		      struct error *err);

/*
 * Start a process that becomes QEMU once child_go() lets it: until then its pid can be put on
 * record. Without the word, as when we are killed first, it ends.
 */
struct child {
	pid_t pid;
	int go_fd;
	int answer_fd;
};

#define CHILD_NONE { .go_fd = -1, .answer_fd = -1 }

int child_start(const struct strv *argv, const struct child_options *options, struct child *ret,
		struct error *err) _must_check_;

/* 0 once it is QEMU; else why not, and it is reaped. */
int child_go(struct child *child, struct error *err) _must_check_;

/* End one that has not been let go. */
void child_stop(struct child *child);
