/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/* Taps, as QEMU is given them: Ethernet frames, each behind a header of virtio's. Need root. */

/*
 * Make a tap, join it to the bridge and bring it up. It has a name of the kernel's choice
 * (vfioadm0, ...) and vanishes with the last descriptor of it. Returns one, with O_CLOEXEC, or a
 * negative errno with nothing left.
 */
int tap_make(const char *bridge, struct error *err) _must_check_;

/* The same of a tap that is there; -EBUSY where somebody has it open. */
int tap_open(const char *name, struct error *err) _must_check_;
