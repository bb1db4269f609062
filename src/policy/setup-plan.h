/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/boot-files.h"

/* What setup does to the host, in this order; undone in reverse. */
enum setup_part { SETUP_CLAIM, SETUP_BOOT_LOADER, SETUP_GUEST, SETUP_PART_MAX };

/* One file: as it is, and as it is to be. */
struct file_change {
	enum setup_part part;
	char *path;
	char *before; /* NULL: it is not there */
	char *after;
};

/* A command that makes a change known: an initramfs, a boot loader's menu. */
struct setup_command {
	struct strv argv;
	bool done;
};

struct setup_plan {
	struct file_change files[SETUP_PART_MAX];
	size_t file_count;
	struct setup_command *commands;
	size_t command_count;
};

/* What was answered, in the words of files. Nothing of it is owned. */
struct setup_wishes {
	const char *claim_path, *claim_text; /* NULL: there is such a claim already */
	const char *guest_path, *guest_text; /* NULL: no guest file */
	const char *word;		     /* for the kernel; NULL: it lacks none, or a person adds it */
	const struct boot_file *boot;	     /* where the word is to be added */
	const char *const *initramfs;	     /* the command that makes it anew; NULL: not to be run */
};

/*
 * The new text of the boot loader's file: *ret is to be freed, or NULL where the word is there
 * already. -EINVAL where the file is not for us to edit; err says why.
 */
int boot_file_add(const struct boot_file *boot, const char *word, char **ret, struct error *err)
	_must_check_;

/* A boot loader's file that has the word already is no part of the plan; -EINVAL as above. */
int setup_plan_make(const struct setup_wishes *wishes, struct setup_plan *ret, struct error *err)
	_must_check_;
void setup_plan_release(struct setup_plan *plan);

/* Takes before and after, which were allocated; copies path. */
void setup_plan_add_file(struct setup_plan *plan, enum setup_part part, const char *path, char *before,
			 char *after);
struct setup_command *setup_plan_add_command(struct setup_plan *plan);

/* NULL: the plan has no such file. */
const struct file_change *setup_plan_find(const struct setup_plan *plan, enum setup_part part);

/* Where a file stands between two texts. */
enum file_standing {
	FILE_AS_BEFORE,
	FILE_AS_AFTER,
	FILE_OTHERWISE, /* someone has edited or removed it */
};

/* text NULL: there is no file. */
enum file_standing file_change_standing(const struct file_change *change, const char *text);

/* "claim", "boot-loader", "guest", and back; -1: no such part. */
const char *setup_part_to_string(enum setup_part part);
int setup_part_from_string(const char *text);
