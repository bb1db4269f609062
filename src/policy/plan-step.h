/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/step.h"

/*
 * For the files that make plans: add a step at the end of the list, for the caller to fill in what
 * else it has. NULL for from or to is "". The step stays where it is until the next one is added.
 */
struct step *plan_step(struct step_list *list, enum step_kind kind, const char *subject,
		       const char *from, const char *to);

/* The same, of a step about a function, whose address is the subject. */
struct step *plan_device_step(struct step_list *list, enum step_kind kind, struct pci_addr addr,
			      const char *from, const char *to);

/* NULL, which is how a host says that there is none, is as good as "". */
bool same_text(const char *a, const char *b);
