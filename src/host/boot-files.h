/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/platform.h"

/* Which of them can be edited: by what vfioadm understands. */
enum boot_edit {
	BOOT_EDIT_NONE,	   /* only a person, or a program of the host's, can add a word */
	BOOT_EDIT_GRUB,	   /* /etc/default/grub */
	BOOT_EDIT_CMDLINE, /* systemd-boot: /etc/kernel/cmdline, from which entries are made */
	BOOT_EDIT_ENTRY,   /* systemd-boot: the options of the one entry that is booted */
};

/* The file with the words that the boot loader gives to the kernel. */
struct boot_file {
	enum boot_edit edit;
	char *path;	       /* NULL with BOOT_EDIT_NONE */
	char *text;	       /* as it is now */
	char *why_not;	       /* it is not for us to edit; NULL: it is, or there is none */
	struct strv *commands; /* each makes the boot loader see a change */
	size_t command_count;
};

void boot_file_read(const struct host_root *root, const struct platform *platform,
		    struct boot_file *ret);
void boot_file_release(struct boot_file *file);

/* "grub", "systemd-boot" or "none" */
const char *boot_edit_to_string(enum boot_edit edit);
