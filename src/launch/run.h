/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "launch/vfio-fds.h"

struct launch_options {
	uint64_t memory;	      /* bytes of guest RAM, which vfio locks */
	const struct vfio_fds *fds;   /* open files to hand to QEMU; NULL or count 0: none */
	unsigned int stop_timeout_ms; /* after a request to stop, until QEMU is killed; 0: 30 s */
};

/*
 * Run QEMU in the foreground and return when it is gone, never before. SIGTERM, SIGINT, SIGHUP and
 * SIGQUIT, those of them that are not ignored, do not end us but are passed on as SIGTERM.
 *
 * Returns 0 with QEMU's exit status in *ret_status, 128 + N after signal N; or a negative errno
 * when it could not be started, with nothing left running. Signal mask and dispositions are as
 * before afterwards; requests to stop that came in the meantime have been dealt with. A caller
 * with something to give back keeps these signals blocked from before it takes it: one that is
 * pending already is passed on, too.
 */
int launch_run(const struct strv *argv, const struct launch_options *options, int *ret_status,
	       struct error *err) _must_check_;
