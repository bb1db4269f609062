/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/claims.h"
#include "policy/finding.h"
#include "policy/target.h"

/* What a new claim is made of, and what speaks against it. */

/* "gpu-0000-01-00.0", of what is no GPU "pci-0000-01-00.1"; to be freed. */
char *claim_default_name(const struct pci_function *f);

/*
 * The first finding that would harm the host at each boot and whose id is not in allow, or NULL; all
 * else is for the administrator to know.
 */
const struct finding *claim_first_refusal(const struct finding_list *findings,
					  const struct strv *allow);

/* The host would lose its screen to it: the claim has to say boot-gpu=yes. */
bool claim_takes_screen(const struct finding_list *findings);
