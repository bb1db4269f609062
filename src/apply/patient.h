/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/helper.h"
#include "host/root.h"

/*
 * Reads, writes and other work with patience, but not without end: each within timeout_ms, by a
 * helper process that is left behind if the kernel does not return. Errors: the errno of the work,
 * or -ETIMEDOUT when it is still under way. While they wait they say so, every few seconds.
 */
int patient_write(struct helper *helper, const struct host_root *root, const char *path,
		  const char *value, int timeout_ms, struct error *err) _must_check_;

/* Returns the length of what is in buf, without the trailing newline. */
ssize_t patient_read(struct helper *helper, const struct host_root *root, const char *path,
		     char *buf, size_t size, int timeout_ms, struct error *err) _must_check_;

/* Load a module: module_load() of apply/ops.h, as a job. */
int patient_load(struct helper *helper, const struct host_root *root, const char *name,
		 bool despite_blacklist, int timeout_ms, struct error *err) _must_check_;
