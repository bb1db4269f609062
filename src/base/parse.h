/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/macro.h"

/*
 * Strict parsers: the whole text must be the value; no sign, no blanks, no trailing junk.
 * All return 0, or -EINVAL (not such a value) or -ERANGE (above max), and set *ret only on success.
 */
int parse_uint(const char *text, uint64_t max, uint64_t *ret) _must_check_;

/* Between min_digits and max_digits (16 at most) hexadecimal digits, without 0x. */
int parse_hex(const char *text, size_t min_digits, size_t max_digits, uint64_t *ret) _must_check_;

/* yes/no, on/off, true/false, 1/0 */
int parse_bool(const char *text, bool *ret) _must_check_;

/* Bytes: a number with an optional K, M, G or T (powers of 1024); no unit means unit_default. */
int parse_size(const char *text, uint64_t unit_default, uint64_t *ret) _must_check_;
