/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "launch/firmware.h"
#include "launch/qemu-user.h"

/* A file that QEMU will open by its name, as its user. */
struct guest_file {
	const char *path;  /* the guest's, or the firmware's */
	unsigned int line; /* of the guest file; 0: not from there */
	int mode;	   /* R_OK, or R_OK | W_OK */
	bool lend;	   /* may belong to QEMU's user while the guest runs: what is the guest's alone */
};

struct guest_files {
	struct guest_file *items;
	size_t count;
};

/* All of them, borrowing from both; firmware may be NULL. The list is to be freed. */
struct guest_files guest_files(const struct guest *guest, const struct firmware *firmware);

/*
 * Make what QEMU's user needs and could not make: the file of each [serial] of type file, and the
 * right to write the private copy of the firmware's settings. After firmware_make_vars().
 */
int guest_files_make(const struct guest *guest, const struct firmware *firmware,
		     const struct qemu_user *user, struct error *err) _must_check_;
