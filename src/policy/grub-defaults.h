/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/*
 * /etc/default/grub, a shell script that grub-mkconfig sources: add a word such as "intel_iommu=on"
 * to GRUB_CMDLINE_LINUX_DEFAULT. Nothing else of the text changes. *ret is the new text, to be
 * freed, or NULL where the word is there already.
 *
 * Only a text of comments and assignments is understood, in which the variable is assigned once, as
 * one plain or quoted string without expansions. Of any other, and where the words say something
 * else of the same key, -EINVAL: err says why, "line 7: ...", and a person has to decide.
 */
int grub_defaults_add(const char *text, const char *word, char **ret, struct error *err)
	_must_check_;
