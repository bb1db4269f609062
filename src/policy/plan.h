/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/step.h"
#include "policy/target.h"

/*
 * Plans: pure, ordered, minimal. An empty plan means that all is as asked for. now is the time to
 * put in the records.
 */

/*
 * Take the targets for vfio-pci: load the modules, record and override all, release the screen,
 * unbind all (the last function first), bind all, wait for the groups' nodes. The override comes
 * first, so that no driver can re-probe in between.
 */
int plan_bind(const struct host *host, const struct targets *targets, bool despite_blacklist,
	      time_t now, struct step_list *ret, struct error *err) _must_check_;

/*
 * Keep the targets that have no driver from every other driver, without binding them: record and
 * override, so that it can be done before vfio-pci is there. One that vfio-pci has already, without a
 * record, is recorded: then unbind can give it back.
 */
int plan_keep(const struct host *host, const struct targets *targets, time_t now,
	      struct step_list *ret, struct error *err) _must_check_;

/* The records that the plan makes are for this claim. */
void plan_name_claim(struct step_list *plan, const char *claim);

/*
 * Give the targets back to the drivers in their records: aim the override at the driver, unbind,
 * bind, then put back what is left of the screen, and the override that was found. One that was
 * claimed before it had a driver is then left to the kernel's own choice. A target without a record
 * is left out when no
 * vfio driver holds it, and an error when one does.
 *
 * With reset, reset what the guest had in between, where the kernel can reset one function without
 * another; an error when of a slot it can reset none.
 */
int plan_unbind(const struct host *host, const struct targets *targets, bool reset,
		struct step_list *ret, struct error *err) _must_check_;

struct owner {
	unsigned int uid, gid;
};

/*
 * Add a step that makes another the owner of the node or the file at path, which may not be there
 * before the steps ahead of it are done. Undone, the owner is from again. -ENAMETOOLONG for a path
 * that a step cannot carry.
 */
int plan_own(const char *path, struct owner from, struct owner to, struct step_list *plan,
	     struct error *err) _must_check_;
