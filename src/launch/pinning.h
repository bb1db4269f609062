/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

#include "base/json.h"
#include "base/strv.h"
#include "launch/guest.h"

/*
 * Which of this host's processors QEMU's threads run on. QEMU is not allowed to say so itself, so
 * it is done from outside: the process before it becomes QEMU, from which every thread inherits,
 * then each virtual processor and I/O thread, which QEMU names while it is still paused.
 */

/* Whether the guest file asks for any of it. */
bool pinning_wanted(const struct guest *guest);

/*
 * Ask the kernel for each processor that is named, and add a problem for one that it refuses to us,
 * as a cpuset may: QEMU would have no more. Leaves this process where it was.
 */
void pinning_try(const struct guest *guest, struct strv *problems);

/* What is to become QEMU: emulator-pin. The others apply their part of the answer by their name. */
int pinning_start(const struct guest *guest, pid_t pid, struct error *err) _must_check_;
int pinning_vcpus(const struct guest *guest, pid_t pid, struct json_object *answer,
		  struct error *err) _must_check_;
int pinning_iothreads(const struct guest *guest, pid_t pid, struct json_object *answer,
		      struct error *err) _must_check_;
