/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/table.h"

#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"

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

void table_print(const struct table *table, FILE *out, bool color)
{
	_cleanup_free_ size_t *widths = xcalloc(table->columns, sizeof(*widths));

	for (size_t c = 0; c < table->columns; c++)
		widths[c] = column_width(table, c);
	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;
		bool bold = color && table->bold[i / table->columns];

		if (column == 0 && bold)
			fputs("\033[1m", out);
		if (column + 1 < table->columns)
			fprintf(out, "%-*s  ", (int)widths[column], table->cells[i]);
		else
			fprintf(out, "%s%s\n", table->cells[i], bold ? "\033[0m" : "");
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
