/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/macro.h"

/* Rows of text in columns as wide as their widest cell; the last column is not padded. */
struct table {
	size_t columns;
	char **cells; /* row by row, owned */
	size_t count;
	bool *bold; /* by row, as many as there are rows */
};

/* The headings are the first row. */
void table_init(struct table *table, const char *const *headings, size_t columns);

/* The row of the last cell is to stand out on a terminal; the headings do. */
void table_bold_row(struct table *table);

/* The next cell from left to right; the row is full after as many as there are columns. */
void table_cell(struct table *table, const char *fmt, ...) _printf_(2, 3);
void table_print(const struct table *table, FILE *out, bool color);
void table_release(struct table *table);
