/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cmd/change.h"
#include "launch/prepare.h"
#include "launch/qemu-user.h"

/* One guest on its way: what its file says, what QEMU will be told, what the host has to do. */
struct launch {
	struct guest guest;
	struct launch_plan qemu;
	struct qemu_user user;
	struct change change;
	struct guest_dir dir; /* taken before anything else; closed in a dry run */
};

/*
 * Add to the plan what QEMU's user must own for the time that the guest runs: the nodes of the
 * groups, and those of the guest's files that it may not open. What cannot be lent is a problem.
 */
void launch_plan_lending(struct launch *launch, const struct host_root *root);

/* The files that QEMU will be given open: objects for an array, and lines for people. */
void launch_files_json(const struct launch *launch, struct json_object *array);
void launch_files_text(const struct launch *launch);

/*
 * The life of the guest: make its files, give it its devices, run QEMU, take them back. Needs root.
 * Returns the exit status.
 */
int launch_live(struct launch *launch, struct invocation *invocation);
