/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cmd/cmd.h"
#include "cmd/session.h"
#include "host/claims.h"

/* What "vfioadm claim ACTION" does, one function each; the action is the first argument. */
enum exit_code claim_add(struct invocation *invocation);
enum exit_code claim_remove(struct invocation *invocation);
enum exit_code claim_list(struct invocation *invocation);
enum exit_code claim_apply(struct invocation *invocation);
enum exit_code claim_verify(struct invocation *invocation);

/* The claims have changed: renew udev's marks. */
int claim_renew_marks(struct session *session, struct error *err) _must_check_;

/* Say what makes the next boot know. */
void claim_say_next(const struct host_root *root);

/* The same after a change; with --update-initramfs, do it. */
enum exit_code claim_changed(struct invocation *invocation);
