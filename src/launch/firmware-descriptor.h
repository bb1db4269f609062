/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "launch/guest.h"

/* One of QEMU's firmware descriptors (docs/interop/firmware.json), as far as it concerns us. */
struct firmware_descriptor {
	char *code;
	char *template;				   /* NULL: it keeps no variables */
	const char *code_format, *template_format; /* "raw" or "qcow2" */
	bool secure_boot; /* it can enforce Secure Boot */
	bool enrolled;	  /* and does, with the keys in its template */
	bool needs_smm;	  /* starts with System Management Mode only, which q35 has */
	/* Why a guest of each machine cannot start it, or NULL. Static text. */
	const char *unfit[2]; /* by enum guest_machine */
};

/*
 * Take one from the text of its file; name is for debug messages. False when it is broken, or not
 * UEFI firmware for a flash; nothing is to be released then.
 */
bool firmware_descriptor_parse(const char *name, const char *text, struct firmware_descriptor *ret);
void firmware_descriptor_release(struct firmware_descriptor *descriptor);

struct firmware_descriptors {
	struct firmware_descriptor *items;
	size_t count;
};

/*
 * All descriptors of a host in their order of preference; one in /etc stands in for one of the
 * same name in /usr/share, and an empty one hides it. What is not a descriptor is left out, with a
 * debug message. The user's own directory is not read: under sudo it would be somebody else's.
 */
struct firmware_descriptors firmware_descriptors_read(const char *root);
void firmware_descriptors_release(struct firmware_descriptors *descriptors);
