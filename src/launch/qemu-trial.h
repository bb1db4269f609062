/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/qemu-argv.h"

/*
 * Whether QEMU takes the guest's board, processors and sound on this host depends on its build, the
 * kernel and the processor, and can only be found out by starting it: without the guest's memory,
 * disks and devices, and without running anything. Only done for a guest file that asks for
 * something of the kind. A refusal, in QEMU's own words, is added to problems.
 */
void qemu_trial(const struct guest *guest, const struct qemu_facts *facts, struct strv *problems);
