/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/guest-dir.h"
#include "cmd/session.h"

/*
 * The end of a guest, whose QEMU is gone: undo the transaction that gave it its devices, if any.
 * Waits for another vfioadm that is at work. CODE_DONE, or CODE_STUCK with a message.
 */
enum exit_code guest_return_devices(const struct guest_dir *dir, struct invocation *invocation);

/* The same in a session that the caller has begun. */
enum exit_code guest_return_in(const struct guest_dir *dir, struct session *session);

/*
 * End what a vfioadm that was killed left of a guest whose QEMU is gone: backends that no QEMU has
 * ever connected to.
 */
void guest_end_backends(const struct guest_dir *dir, const struct host_root *root);
