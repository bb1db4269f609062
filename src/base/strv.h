/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/macro.h"

/* A growing vector of owned strings, always ended by NULL once it holds one. */
struct strv {
	char **items;
	size_t count;
};

void strv_add(struct strv *v, const char *text); /* copies text */
void strv_addf(struct strv *v, const char *fmt, ...) _printf_(2, 3);
bool strv_has(const struct strv *v, const char *text);
void strv_release(struct strv *v);

/* The items, of a list that NULL ends, in one text to be freed: "nvidia_drm, nvidia_uvm". */
char *strv_join(const char *const *items, const char *separator);

/* Add the words of text that are separated by any character of separators. */
void strv_split(struct strv *v, const char *text, const char *separators);
