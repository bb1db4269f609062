/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci-caps.h"

/* The rule that put a function where it is. group-reason.c says what each is called. */
enum reason_code {
	REASON_NONE,                      /* it is where it is for its own sake */
	REASON_NO_ACS_CAPABILITY,         /* a port above it lacks ACS */
	REASON_ACS_DISABLED,              /* a port above it has ACS, but not switched on */
	REASON_MULTIFUNCTION_WITHOUT_ACS, /* a function of its slot lacks ACS, and so does it */
	REASON_CONVENTIONAL_PCI_BRIDGE,   /* it is behind a bridge that hides who is behind it */
	REASON_DMA_ALIAS,                 /* the address of its DMA is another's, or the reverse */
	REASON_VMD,                       /* the same: it is in the domain of a VMD controller */
	REASON_QUIRK_GRANTS,              /* the kernel knows that it isolates, without its ACS */
	REASON_QUIRK_ASSUMED,             /* the same, if the kernel could program the chipset */
	REASON_QUIRK_DENIES,              /* the kernel knows that a port above it does not */
	REASON_UNKNOWN,                   /* configuration space that matters cannot be read */
	REASON_MAX,
	REASON_INVALID = -1,
};

/* It says only that a function isolates for another cause than its ACS. */
static inline bool reason_is_vouched(enum reason_code code)
{
	return code == REASON_QUIRK_GRANTS || code == REASON_QUIRK_ASSUMED;
}

/* "no-acs-capability", ...; rules that differ only in detail share a name. */
const char *reason_code_to_string(enum reason_code code);

/* Why a function is in its group. */
struct group_reason {
	enum reason_code code;
	size_t cause; /* whom the rule is about; itself if others are there because of it */
};

/* One sentence, to be freed, that begins with the address of the cause. */
char *group_reason_text(enum reason_code code, const struct pci_function *cause,
			const struct pci_caps *caps);
