/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/backend.h"
#include "launch/qemu-argv.h"
#include "policy/finding.h"

/*
 * A guest on the way to QEMU: what its file leaves to this host, QEMU's arguments, and what stands
 * in the way. Must not be moved in memory between preparation and release.
 */
struct launch_plan {
	struct firmware firmware;
	struct qemu_caps caps;
	struct vfio_fds fds; /* to be opened once the devices are bound; count 0: none */
	struct qemu_facts facts;
	struct backends backends; /* to be started before QEMU */
	struct strv argv;
	struct strv problems;	      /* why QEMU could not start, one message each */
	struct finding_list findings; /* what only speaks against it */
};

/*
 * Look at this host and at its QEMU, find the devices that are given by ids, and make the
 * arguments, however many problems there are. Changes nothing. All of it comes before a device is
 * given up.
 */
void launch_prepare(struct guest *guest, struct launch_plan *ret);
void launch_plan_release(struct launch_plan *plan); /* an all-zero struct is fine */
