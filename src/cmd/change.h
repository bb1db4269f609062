/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/guest-dir.h"
#include "cmd/cmd.h"
#include "policy/assess.h"
#include "policy/plan.h"
#include "report/json-views.h"

/*
 * What bind, unbind and launch share: from the devices asked for to a plan, and from the plan to
 * a changed host. The order is discover, assess, plan, apply; never back.
 */
struct change {
	struct host host;
	struct targets targets;
	struct finding_list findings;
	struct step_list plan;
};

/* Which functions of a GPU's slot a change takes along. */
enum companions { COMPANIONS_NONE, COMPANIONS_ALL, COMPANIONS_HELD };

/*
 * Look at the host and find the targets: each of devices, the companions of GPUs, and with
 * --group the members of their groups. CODE_DONE, CODE_USAGE for a malformed DEVICE, CODE_FAILED
 * for one that is not there; the message has been printed.
 */
enum exit_code change_discover(struct change *change, struct invocation *invocation,
			       char *const *devices, size_t count,
			       enum companions companions);

/* The same for every GPU but the host's own screen, or for that if it is the only one. */
enum exit_code change_discover_gpus(struct change *change, struct invocation *invocation);

/* Judge and plan for the purpose. CODE_BLOCKED when a finding blocks; the findings are kept. */
enum exit_code change_plan(struct change *change, const struct options *options,
			   enum assess_purpose purpose);

/*
 * Make the change: needs root; takes the lock, runs the transaction, prints what went wrong.
 * purpose is what the lock tells others: the verb.
 */
enum exit_code change_apply(const struct change *change, struct invocation *invocation,
			    const char *purpose);

/*
 * The same for a guest that runs from now on: the journal is the guest's and stays, so that its end
 * can undo the change.
 */
enum exit_code change_apply_for_guest(const struct change *change, struct invocation *invocation,
				      const struct guest_dir *dir);
void change_release(struct change *change);
