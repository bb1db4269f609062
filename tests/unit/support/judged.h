/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/assess.h"
#include "support/hosts.h"
#include "support/test.h"

/* A host that is looked at as check does it, and what is found. */
struct judged {
	struct tree *tree;
	const char *device; /* what check is asked about */
	struct host host;
	struct targets targets;
	struct finding_list findings;
};

/* host_with_radeon() with the vfio modules and all else that a guest needs: nothing is found. */
void judged_make(struct judged *j);
void judged_release(struct judged *j);

/* Look at all, from the start, and judge. */
void judge_for(struct judged *j, enum assess_purpose purpose);

/* The only finding is this one; why and what to do contain these texts. */
#define ASSERT_ONLY(j, id, subject, why, remedy) assert_only((j), (id), (subject), (why), (remedy))
void assert_only(struct judged *j, const char *id, const char *subject, const char *why,
		 const char *remedy);

/* The same among others, for ASSESS_CHECK. */
const struct finding *judged_find(const struct judged *j, const char *id, const char *subject);
