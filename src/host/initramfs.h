/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"

/* What makes the initramfs of this host, told by the programs that are there. */
enum initramfs_kind {
	INITRAMFS_UNKNOWN,
	INITRAMFS_RPM_OSTREE, /* Silverblue, CoreOS: files of /etc go over the image's initramfs */
	INITRAMFS_OSTREE,     /* bootc and other images whose initramfs is made with the image */
	INITRAMFS_SNAPSHOT,   /* openSUSE MicroOS, Aeon: dracut, in a new snapshot of the system */
	INITRAMFS_TOOLS,      /* Debian, Ubuntu: update-initramfs */
	INITRAMFS_DRACUT,     /* Fedora, openSUSE */
	INITRAMFS_MKINITCPIO, /* Arch */
	INITRAMFS_KIND_MAX,
};

enum initramfs_kind initramfs_kind(const struct host_root *root);

/* The command that tells the next boot, ended by NULL; NULL where it is not for us to run. */
const char *const *initramfs_command(enum initramfs_kind kind);
