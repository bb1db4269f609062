/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "policy/target.h"

/* Guest files to begin with: those of contrib/examples, which are built into the program. */
struct guest_template {
	const char *name; /* "windows" */
	const char *text;
};

extern const struct guest_template guest_templates[];
extern const size_t guest_template_count;

/* NULL: there is none of this name. */
const struct guest_template *guest_template_find(const char *name);

/*
 * The text of a guest file: the template's, with a [hostdev] section for each target in the place
 * of its own. guest is the file's name. To be freed.
 */
char *guest_template_fill(const struct guest_template *tmpl, const struct targets *targets,
			  const char *guest);
