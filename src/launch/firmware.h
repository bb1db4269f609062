/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/guest.h"

/* The UEFI firmware of a guest: a flash with its code, and perhaps one with its settings. */
struct firmware {
	char *code;		 /* path of the code */
	const char *code_format; /* "raw" or "qcow2" */
	char *vars;		 /* path of the settings; NULL: no second flash */
	const char *vars_format;
	bool needs_smm;
	char *vars_template; /* with vars=auto: what the settings are copied from at first */
};

/*
 * Find the firmware that the guest asks for. root stands before every path that is read, "" for
 * this host; the paths in *ret are without it. Reads only. Release *ret with firmware_release();
 * it is empty on failure.
 */
int firmware_resolve(const char *root, const struct guest *guest, struct firmware *ret,
		     struct error *err) _must_check_;
void firmware_release(struct firmware *firmware);

/*
 * With vars=auto: make the guest's private copy of the template, mode 0600, below root, unless it
 * has one; refuse a copy of another firmware's template. Otherwise nothing.
 */
int firmware_make_vars(const char *root, const struct firmware *firmware,
		       struct error *err) _must_check_;
