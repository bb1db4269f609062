/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "base/strv.h"
#include "launch/guest.h"
#include "launch/qemu-user.h"

/*
 * A backend: a program that serves one of the guest's devices from a process of its own, over a
 * socket that QEMU connects to. vfioadm makes the socket and listens on it before the program is
 * started, so QEMU's connection waits until the program takes it, and nobody has to wait for the
 * program. It ends by itself once QEMU closes the connection, whether vfioadm is there or not.
 */
struct backend {
	char *name;	  /* for people, and of its socket: swtpm, share-NAME */
	struct strv argv; /* finds its socket at CHILD_LISTEN_FD */
	bool as_root;	  /* else as QEMU's user */
	pid_t pid;	  /* our child, not reaped yet; 0: none */
};

struct backends {
	struct backend *items;
	size_t count;
};

/*
 * Those that the guest file asks for, their programs found and asked what they understand. One that
 * is missing or of no use is a problem, and left out. Changes nothing.
 */
void backends_plan(const struct guest *guest, struct backends *ret, struct strv *problems);
void backends_release(struct backends *backends); /* an all-zero struct is fine */

/*
 * What swtpm keeps of the guest's TPM is there, and the user's: it is made once and never removed.
 * root is put in front of the path, "" for this host.
 */
int backends_make_state(const char *root, const struct guest *guest, const struct qemu_user *user,
			struct error *err) _must_check_;

struct backend_options {
	const struct qemu_user *user;
	int listen_fd; /* the caller's to close */
	int output_fd; /* for its standard output and error; -1: ours */
	/* Before it is more than a process of ours; may refuse it. */
	int (*started)(const struct backend *backend, void *data, struct error *err);
	void *data;
};

/* 0 once it is the program; else nothing of it is left. */
int backend_start(struct backend *backend, const struct backend_options *options,
		  struct error *err) _must_check_;

/* Whether all that were started still run; the message names one that does not. */
int backends_check(struct backends *backends, struct error *err) _must_check_;

/*
 * Look for those that have ended; it is an error to tell of, unless it is expected, or the status
 * is 0: that is what follows when QEMU closes the connection, and QEMU's own end may be seen later.
 */
void backends_watch(struct backends *backends, bool expected);

/* End those that run, the last first: SIGTERM, and SIGKILL after five seconds. Waits for it. */
void backends_stop(struct backends *backends);

/* The same for one that another vfioadm left behind, whose pidfd this is. */
void backend_stop_stray(const char *name, pid_t pid, int pid_fd);

/* The parts of backends_plan(): each adds those of its kind. */
void backends_plan_swtpm(const struct guest *guest, struct backends *backends,
			 struct strv *problems);
void backends_plan_virtiofsd(const struct guest *guest, struct backends *backends,
			     struct strv *problems);
struct backend *backends_add(struct backends *backends);
