/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"
#include "policy/setup-plan.h"

/* Behind a file's name: what it was before setup changed it. Further ones are called .2 to .9. */
#define SETUP_BACKUP_SUFFIX ".vfioadm-old"

/* What is at path now, to be freed; NULL where there is nothing. */
int setup_file_read(const struct host_root *root, const char *path, char **ret, struct error *err)
	_must_check_;

/*
 * Make one change, as a whole or not at all; a file that is there keeps its owner and mode, and
 * what it was is kept beside it. -EAGAIN where it is no longer as it was looked at. Directories
 * that are missing above a new file are made.
 */
int setup_file_write(const struct host_root *root, const struct file_change *change,
		     struct error *err) _must_check_;

/*
 * Take the change back, and what was left beside the file. standing is where it was found to stand:
 * FILE_AS_BEFORE, then there is nothing else to do, or FILE_AS_AFTER. -EAGAIN where that is no longer
 * so.
 */
int setup_file_restore(const struct host_root *root, const struct file_change *change,
		       enum file_standing standing, struct error *err) _must_check_;
