/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/firmware.h"
#include "launch/qemu-caps.h"
#include "launch/vfio-fds.h"

/* What the guest file leaves to the host it is started on. */
struct qemu_facts {
	bool have_kvm;			 /* decides accel=auto */
	bool have_vhost;		 /* decides vhost=auto */
	bool amd;			 /* the host's processor is AMD's */
	const struct firmware *firmware; /* NULL: not found, and left out */
	const struct qemu_caps *caps;	 /* NULL: QEMU was not asked */
	const struct vfio_fds *fds;	 /* NULL: QEMU opens the devices' groups itself */
};

/* Whether this guest's processors are KVM's. */
bool qemu_uses_kvm(const struct guest *guest, const struct qemu_facts *facts);

/*
 * QEMU's arguments, the program first, added to *argv. Pure: the same guest and facts give the
 * same words. All of them are understood by QEMU 7.2 to 10, but for those that the capabilities
 * have said it understands.
 */
void qemu_argv(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv);

/* The first part of them: board, memory, processors. Enough for QEMU to come up without devices. */
void qemu_argv_machine(const struct guest *guest, const struct qemu_facts *facts,
		       struct strv *argv);
