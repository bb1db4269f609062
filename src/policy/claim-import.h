/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/claim-new.h"

/* What other tools were told to give to vfio-pci, as claims. */
enum import_fate {
	IMPORT_CLAIM,        /* a new claim */
	IMPORT_CLAIMED,      /* a claim has the device already */
	IMPORT_REFUSED,      /* each boot would harm the host, or another claim is in the way */
	IMPORT_ABSENT,       /* there is no such device */
	IMPORT_OTHER_DRIVER, /* not for vfio-pci */
	IMPORT_NOT_PCI,      /* about no PCI device */
	IMPORT_OVERRULED,    /* without effect: vfio-pci is given other ids later */
	IMPORT_FATE_MAX,
};

/* "claim", "claimed", "refused", ... */
const char *import_fate_to_string(enum import_fate fate);

/* One thing that another tool was told, and for ids one device that they fit. */
struct import_item {
	const char *where; /* "/etc/modprobe.d/vfio.conf", "the kernel command line" */
	unsigned int line; /* 0: it has none */
	const char *text;  /* "1002:5159", a driver; "" for IMPORT_NOT_PCI */
	const struct pci_function *function; /* NULL: none */
	enum import_fate fate;
	char *claim; /* its name, of IMPORT_CLAIM and IMPORT_CLAIMED; else NULL */
	char *why;   /* of the others, in a sentence */
};

struct import_claim {
	struct claim claim;
	char *comment; /* for its file */
};

/* What the administrator is to end, once there are claims: vfioadm does not. */
struct import_removal {
	const char *where;
	unsigned int line;
	char *remedy; /* "rm /etc/driverctl.d/pci-0000:01:00.0 ..." */
};

struct claim_import {
	struct import_item *items;
	struct import_claim *claims; /* the new ones; each for its one function, with its ids */
	struct import_removal *removals;
	size_t count, claim_count, removal_count;
	struct strv notes; /* "0000:01:00.1: ...": what is not in it, and should perhaps be */
};

/* The functions that it will be about, to be looked at closely before; to be freed. */
struct pci_addr *claim_import_candidates(const struct host *host, size_t *ret_count);

/* Needs all of host_discover_rest(), and the close look. The result points into the host. */
void claim_import_make(const struct host *host, const struct strv *allow, struct claim_import *ret);
void claim_import_release(struct claim_import *import);
