/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/claims.h"

/* What a claim's file says; comment is a line for people. To be freed. */
char *claim_file_text(const struct claim *claim, const char *comment);

/*
 * Write /etc/vfioadm/claims.d/NAME.conf, as a whole or not at all, and the directories above it if
 * they are not there.
 */
int claim_file_write(const struct host_root *root, const struct claim *claim, const char *comment,
		     struct error *err) _must_check_;

/*
 * Remove the claim's file from /etc. Where there is one of that name in /usr/lib, a link to /dev/null
 * takes its place, which hides that.
 */
int claim_file_remove(const struct host_root *root, const char *name, struct error *err)
	_must_check_;
