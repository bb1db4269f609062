/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/config-file.h"
#include "host/pci-addr.h"
#include "host/root.h"

/*
 * Claims: devices that are to be vfio-pci's from the boot on. A claim is a file NAME.conf in
 * /etc/vfioadm/claims.d or /usr/lib/vfioadm/claims.d; one in /etc hides one of the same name, and
 * with a link to /dev/null, or with nothing in it, there is no claim of that name.
 * "vfioadm.claim=ADDRESS[,ADDRESS...]" on the kernel command line adds some for this boot,
 * "vfioadm.claim=off" is the way out: none holds.
 */
enum claim_functions { CLAIM_SLOT, CLAIM_ONLY };

struct claim {
	struct config_heading at;
	char *name;
	char *file;	      /* "/etc/vfioadm/claims.d/gpu.conf", or "kernel command line" */
	struct pci_addr address;
	struct value_ids ids; /* what the device at the address must be, if given */
	unsigned int functions;
	unsigned int driver;  /* only vfio-pci, as yet */
	bool boot_gpu;	      /* the firmware's console may be on it */
};

/* Names of claims are carried along in records of fixed size: 63 characters at most. */
#define CLAIM_NAME_MAX 63

/* The name of those from the kernel command line. */
#define CLAIM_CMDLINE "cmdline"

struct claims {
	struct claim *items; /* sorted by name, those of the command line last */
	size_t count;
	bool off;
	struct strv problems; /* "claim NAME: why": what could not be read, and so does not hold */
};

/* Every section and key that a claim file knows; it is read into a struct claim. */
extern const struct config_format claim_format;

/*
 * Read all claims of a host. A file that cannot be read or believed is a problem of its own, and
 * hides none of the others. On the running host a file must be root's.
 */
void claims_read(const struct host_root *root, struct claims *ret);
void claims_release(struct claims *claims);

/* NULL: there is none of this name. */
const struct claim *claims_find(const struct claims *claims, const char *name);
