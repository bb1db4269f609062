/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/firmware.h"

/* What the guest file leaves to the host it is started on. */
struct qemu_facts {
	bool have_kvm;			 /* decides accel=auto */
	const struct firmware *firmware; /* NULL: not found, and left out */
};

/*
 * QEMU's arguments, the program first, added to *argv. Pure: the same guest and facts give the
 * same words. All of them are understood by QEMU 7.2 to 10.
 */
void qemu_argv(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv);
