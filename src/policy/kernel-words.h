/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Kernel command lines where boot loaders keep them. Words are "key" or "key=value". */

/*
 * Sets *there where the word is among words, and leaves it alone where not. -EINVAL where they say
 * something else of the same key, or an open quotation mark makes words uncertain.
 */
int kernel_words_have(const char *words, const char *word, bool *there, struct error *err)
	_must_check_;

/* The words with one more at the end, to be freed. */
char *kernel_words_add(const char *words, const char *word);

/*
 * Add a word to /etc/kernel/cmdline, or to the options of a boot loader entry. *ret is the new
 * text, to be freed, or NULL where the word is there already; nothing else of the text changes.
 * -EINVAL where a person has to decide: err says why.
 */
int kernel_cmdline_add(const char *text, const char *word, char **ret, struct error *err)
	_must_check_;
int loader_entry_add(const char *text, const char *word, char **ret, struct error *err)
	_must_check_;
