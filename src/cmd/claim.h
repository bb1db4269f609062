/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cmd/change.h"
#include "cmd/session.h"
#include "host/claims.h"

/* What "vfioadm claim ACTION" does, one function each; the action is the first argument. */
enum exit_code claim_add(struct invocation *invocation);
enum exit_code claim_remove(struct invocation *invocation);
enum exit_code claim_import(struct invocation *invocation);
enum exit_code claim_list(struct invocation *invocation);
enum exit_code claim_apply(struct invocation *invocation);
enum exit_code claim_verify(struct invocation *invocation);

/* The claims have changed: renew udev's marks. */
int claim_renew_marks(struct session *session, struct error *err) _must_check_;

/* Say that a claim has been written, and what makes the next boot know. */
void claim_say_written(const struct claim *claim);
void claim_say_next(const struct host_root *root);

/* Once that was run: what belongs to it. */
void claim_say_ran(const struct host_root *root);

/* The same after a change; with --update-initramfs, do it. */
enum exit_code claim_changed(struct invocation *invocation);

/*
 * What claim add and setup share. The claim that the change's target would get: address, ids, a
 * name (typed, or NULL), a comment for its file; name and comment are to be freed. Assesses the
 * change. CODE_USAGE where the name is none; the message was printed.
 */
enum exit_code claim_propose(struct change *change, const char *name, struct claim *claim,
			     char **ret_comment);

/*
 * Refuse it where each boot would harm the host, or another claim is in its way: the message was
 * printed. *ret_same: there is such a claim.
 */
enum exit_code claim_judge(const struct change *change, const struct claim *claim,
			   const struct strv *allow, const char *verb, bool *ret_same);
