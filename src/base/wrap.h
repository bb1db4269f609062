/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define PAGE_WIDTH 79 /* of help, wherever it goes */

/* The columns that lines may have: 0, any number, where out is no terminal. */
size_t terminal_width(FILE *out);

/*
 * Text of one line, whose first character is to stand in this column, counted from 0. It is broken
 * between words where it would be wider than width, and goes on in column indent; width 0: never
 * broken. A command between three blanks and three blanks, or the end, is not broken: half of one
 * would run if it were copied.
 */
void put_wrapped(FILE *out, size_t width, size_t column, size_t indent, const char *text);
