/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "launch/backend.h"
#include "launch/guest.h"
#include "launch/net-fds.h"
#include "launch/qemu-user.h"
#include "launch/vfio-fds.h"

/*
 * What the caller wants to be told of a guest's life. started comes before QEMU is, and may refuse
 * it with a negative errno and err set; runs when the monitor says so; stopping when it was asked
 * to end. Each may be NULL.
 */
struct launch_events {
	int (*started)(pid_t pid, void *data, struct error *err);
	void (*runs)(void *data);
	void (*stopping)(void *data);
	void *data;
};

struct launch_options {
	uint64_t memory;	      /* bytes of guest RAM, which vfio locks */
	const struct vfio_fds *fds;   /* open files to hand to QEMU; NULL or count 0: none */
	const struct net_fds *nets;   /* the same */
	unsigned int stop_timeout_ms; /* for the guest to power off when asked; 0: 60 s */
	unsigned int quit_timeout_ms; /* for QEMU to end when told, until it is killed; 0: 15 s */
	const struct qemu_user *user; /* whom QEMU runs as; NULL: whoever we are */
	int qmp_fd;		      /* the monitor's listening socket, or -1 for none */
	int output_fd;		      /* for QEMU's standard output and error; -1: ours */
	bool own_group;		      /* our terminal is not for QEMU, nor its ^C */
	const struct guest *pinned;   /* the guest, if its threads are pinned and QEMU is paused */
	struct backends *backends; /* to be watched; NULL: none */
	struct launch_events events;
};

#define LAUNCH_STOP_TIMEOUT_S 60

/*
 * Run QEMU and return when it is gone, never before. SIGTERM, SIGINT, SIGHUP and SIGQUIT, those of
 * them that are not ignored, do not end us. The first asks the guest to power off, as its power
 * button would; the next, or the end of stop_timeout_ms, tells QEMU to quit; SIGKILL comes after
 * another quit_timeout_ms. Where QEMU's monitor does not answer, SIGTERM takes the place of both.
 *
 * Returns 0 with QEMU's exit status in *ret_status, 128 + N after signal N; or a negative errno
 * when it could not be started, or the guest's threads not pinned, with nothing left running. Signal mask and dispositions are as
 * before afterwards; requests to stop that came in the meantime have been dealt with. A caller
 * with something to give back keeps these signals blocked from before it takes it: one that is
 * pending already is dealt with, too.
 */
int launch_run(const struct strv *argv, const struct launch_options *options, int *ret_status,
	       struct error *err) _must_check_;

/* Become QEMU: returns only on failure. */
int launch_exec(const struct strv *argv, const struct launch_options *options, struct error *err);
