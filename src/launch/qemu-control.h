/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/guest.h"
#include "launch/qemu-caps.h"

/*
 * The last of QEMU's arguments: what vfioadm steers it by, and what QEMU must not do, if it has a
 * seccomp filter. The monitor's socket is made by vfioadm, in a directory that QEMU cannot write to,
 * and handed over as CHILD_LISTEN_FD.
 */
void qemu_argv_control(const struct guest *guest, const struct qemu_caps *caps, struct strv *argv);
