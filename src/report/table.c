/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/table.h"

#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/wrap.h"
#include "report/color.h"

#define GAP 2

static void add(struct table *table, char *text)
{
	size_t row = table->count / table->columns;

	if (table->count % table->columns == 0) {
		ARRAY_GROW(table->bold, row);
		table->bold[row] = false;
	}
	ARRAY_GROW(table->cells, table->count);
	table->cells[table->count++] = text;
}

void table_init(struct table *table, const char *const *headings, size_t columns)
{
	*table = (struct table){ .columns = columns };
	for (size_t i = 0; i < columns; i++)
		add(table, xstrdup(headings[i]));
	table_bold_row(table);
}

void table_bold_row(struct table *table)
{
	table->bold[(table->count - 1) / table->columns] = true;
}

void table_cell(struct table *table, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	printable(text);
	add(table, text);
}

static size_t column_width(const struct table *table, size_t column)
{
	size_t widest = 0;

	for (size_t i = column; i < table->count; i += table->columns) {
		size_t len = strlen(table->cells[i]);

		widest = len > widest ? len : widest;
	}
	return widest;
}

static bool column_says_nothing(const struct table *table, size_t column)
{
	for (size_t i = table->columns + column; i < table->count; i += table->columns)
		if (strcmp(table->cells[i], "-") != 0)
			return false;
	return true;
}

/* Returns where the last column begins. A width of 0 is a column that is left out. */
static size_t measure(const struct table *table, size_t terminal, size_t *widths)
{
	size_t last = table->columns - 1, left = 0;

	for (size_t c = 0; c <= last; c++) {
		widths[c] = column_width(table, c);
		left += c < last ? widths[c] + GAP : 0;
	}
	if (terminal == 0 || left + widths[last] <= terminal)
		return left;
	for (size_t c = 0; c <= last; c++) {
		if (!column_says_nothing(table, c))
			continue;
		left -= c < last ? widths[c] + GAP : 0;
		widths[c] = 0;
	}
	return left;
}

/* A terminal that is too narrow does not see what says nothing, and the last column is broken. */
void table_print(const struct table *table, FILE *out, bool color)
{
	_cleanup_free_ size_t *widths = xcalloc(table->columns, sizeof(*widths));
	size_t terminal = terminal_width(out), left = measure(table, terminal, widths);

	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;
		bool bold = color && table->bold[i / table->columns];

		if (column == 0 && bold)
			fputs(COLOR_BOLD, out);
		if (column + 1 == table->columns) {
			if (widths[column] > 0)
				put_wrapped(out, terminal, left, 4, table->cells[i]);
			fprintf(out, "%s\n", bold ? COLOR_PLAIN : "");
		} else if (widths[column] > 0) {
			fprintf(out, "%-*s%*s", (int)widths[column], table->cells[i], GAP, "");
		}
	}
}

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table->bold);
	*table = (struct table){ 0 };
}
