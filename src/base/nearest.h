/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/macro.h"

/*
 * The word of words[0..count) that someone who typed text most likely meant, or NULL when none is
 * near: at most a third of its letters (and at least one) typed wrong. Words are read at stride
 * bytes from each other, so that a table's name column can be given as it is.
 */
const char *nearest_word(const char *text, const char *const *words, size_t count, size_t stride);
