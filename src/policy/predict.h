/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/group-rule.h"

struct predicted_group {
	const size_t *members; /* indices into the host's functions, sorted */
	size_t count;
};

/* The IOMMU groups that follow from configuration space and topology alone, and why. */
struct prediction {
	struct pci_tree tree;
	enum acs_verdict *verdicts;   /* each function's */
	size_t *group_of;             /* each function's group; NO_GROUP: no IOMMU covers it */
	struct group_reason *reasons; /* each function's */
	struct predicted_group *groups; /* by their lowest address */
	size_t group_count;
	size_t *members; /* of all groups */
	bool complete;   /* every function's place is known */
};

enum prediction_match {
	PREDICTION_UNKNOWN, /* there are no groups to compare with, or not all could be read */
	PREDICTION_DIFFERS,
	PREDICTION_MATCHES,
};

/*
 * pci_device_group() of Linux's drivers/iommu/iommu.c, for one function after the other in the
 * order in which the kernel finds them. With groups on the host, functions without one are not
 * covered by the IOMMU and left out. A function whose place is unknown is in a group of its own,
 * with the reason REASON_UNKNOWN. The host must have been discovered with HOST_CAPS, and
 * its platform for what the kernel's command line says of ACS. Pure, and linear in the number of
 * functions.
 */
void predict_groups(const struct host *host, struct prediction *ret);

/* The same if each function i with has_acs[i] had full ACS, switched on. */
void predict_groups_with_acs(const struct host *host, const bool *has_acs, struct prediction *ret);
void prediction_release(struct prediction *prediction);

enum prediction_match prediction_compare(const struct prediction *prediction);

/* The number by which people know a function's group, the kernel's or the predicted one; -1: none. */
int prediction_group_number(const struct prediction *prediction, size_t function, bool predicted);

/* The sentence for this function's reason, to be freed; NULL where there is none. */
char *prediction_reason_text(const struct prediction *prediction, size_t function);
