/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"
#include "launch/firmware.h"
#include "launch/qemu-user.h"

/* A file, node or directory that QEMU will open by its name, as its user. */
struct guest_file {
	char *path;
	unsigned int line;  /* of the guest file; 0: not from there */
	int mode;	    /* R_OK, W_OK and X_OK */
	bool lend;	    /* may belong to QEMU's user while the guest runs: what is the guest's alone */
	const char *remedy; /* what else to do where the user has no such access; NULL: nothing known */
};

struct guest_files {
	struct guest_file *items;
	size_t count;
};

/*
 * All that have names of their own in the guest file, or in the firmware's descriptor (NULL: none):
 * images, nodes, the directories of sockets.
 */
void guest_files_add(const struct guest *guest, const struct firmware *firmware,
		     struct guest_files *files);

/* Those that this host has by other names: /dev/kvm where it is used, sound, and USB devices. */
void guest_nodes_add(const struct guest *guest, bool kvm, const struct host_root *root,
		     struct guest_files *files);
void guest_usb_find(const struct guest_usb *usb, const struct host_root *root, struct strv *nodes);

/* For the above: path is copied, NULL adds nothing. */
void guest_file_add(struct guest_files *files, const char *path, unsigned int line, int mode,
		    bool lend, const char *remedy);
void guest_files_release(struct guest_files *files);

/*
 * Make what QEMU's user needs and could not make: the file of each [serial] of type file, and the
 * right to write the private copy of the firmware's settings. After firmware_make_vars().
 */
int guest_files_make(const struct guest *guest, const struct firmware *firmware,
		     const struct qemu_user *user, struct error *err) _must_check_;
