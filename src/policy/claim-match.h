/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/finding.h"
#include "policy/target.h"

/* Where a claim stands on a host. */
enum claim_state {
	CLAIM_WON,        /* vfio-pci has the device, and its companions */
	CLAIM_LOST,       /* something else has, or nothing */
	CLAIM_ABSENT,     /* there is no such device */
	CLAIM_IDS_DIFFER, /* another device is at the address */
	CLAIM_OFF,        /* the kernel command line says so for all */
	CLAIM_STATE_MAX,
};

struct claim_standing {
	enum claim_state state;
	const struct pci_function *function; /* at the claim's address; NULL when absent */
	const struct pci_function *loser;    /* when lost: the first that vfio-pci does not have */
};

struct claim_standing claim_standing(const struct host *host, const struct claim *claim);

/* "won", "lost", "absent", "ids-differ", "off" */
const char *claim_state_to_string(enum claim_state state);

/* The same for people: "lost to radeon". */
void claim_standing_describe(const struct claim_standing *standing, char *buf, size_t size);

/*
 * Could the claim be about a function at this address? Told by the address alone: the other
 * functions of a slot may come and go.
 */
bool claim_covers(const struct claim *claim, struct pci_addr addr);

/* Add what the claim is about: its device and, of a GPU's slot, the companions. */
void claim_add_targets(const struct host *host, const struct claim *claim,
		       struct targets *targets);

/*
 * What speaks against applying the claim: all that bind judges, and wrong-device. Adds to findings,
 * sorted, worst first.
 */
void claim_assess(const struct host *host, const struct claim *claim,
		  const struct targets *targets, struct finding_list *findings);

/*
 * The first finding for which a claim is not applied, or NULL. What only keeps a guest from using
 * the device (its group, interrupt remapping) is none, nor is a module that is not there yet: the
 * claim's first purpose is that no other driver touches the device.
 */
const struct finding *claim_first_stop(const struct claim *claim,
				       const struct finding_list *findings);
