/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

/* Plain text for a man page: what roff would take for a command or a hyphen is escaped. */
void roff_put(FILE *out, const char *text);
