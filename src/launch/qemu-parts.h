/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/guest.h"

/* The parts of qemu_argv() that have a file of their own. */
void qemu_argv_disks(const struct guest *guest, struct strv *argv);
void qemu_argv_hostdevs(const struct guest *guest, struct strv *argv);

/* text as the value of a QEMU option, where a comma is written twice. To be freed. */
char *qemu_escape(const char *text);
