/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/wrap.h"
#include "report/color.h"
#include "report/device-name.h"
#include "report/table.h"

static void add_group(struct table *table, const struct pci_function *f)
{
	if (f->iommu_group < 0)
		table_cell(table, "-");
	else
		table_cell(table, "%d", f->iommu_group);
}

void text_list(FILE *out, const struct host *host, const struct targets *targets, bool color)
{
	static const char *const headings[] = { "ADDRESS", "IDS", "GROUP", "DRIVER", "OVERRIDE",
						"BOOT", "DEVICE" };
	struct table table;

	table_init(&table, headings, ARRAY_SIZE(headings));
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];
		char name[400];

		device_name(host, f, name, sizeof(name));
		table_cell(&table, "%s", pci_addr_text(f->addr).text);
		table_cell(&table, "%04x:%04x", f->vendor, f->device);
		add_group(&table, f);
		table_cell(&table, "%s", f->driver ? f->driver : "-");
		table_cell(&table, "%s", f->driver_override ? f->driver_override : "-");
		table_cell(&table, "%s", f->boot_vga ? "yes" : "-");
		table_cell(&table, "%s", name);
		if (pci_function_is_display(f))
			table_bold_row(&table);
	}
	table_print(&table, out, color);
	table_release(&table);
}

void text_status(FILE *out, const struct host *host, bool color)
{
	static const char *const headings[] = { "ADDRESS", "IDS",      "DRIVER",
						"SINCE",   "ORIGINAL", "OVERRIDE", "CLAIM" };
	struct table table;
	struct tm tm;
	char since[32];

	table_init(&table, headings, ARRAY_SIZE(headings));
	for (size_t i = 0; i < host->held.count; i++) {
		const struct held *held = &host->held.items[i];
		const struct pci_function *f = pci_functions_find(&host->functions, held->addr);

		/* A year that does not fit has no calendar. */
		if (!localtime_r(&held->since, &tm) ||
		    strftime(since, sizeof(since), "%Y-%m-%d %H:%M", &tm) == 0)
			strcpy(since, "?");
		table_cell(&table, "%s", pci_addr_text(held->addr).text);
		table_cell(&table, "%04x:%04x", held->vendor, held->device);
		table_cell(&table, "%s", !f ? "(gone)" : f->driver ? f->driver : "-");
		table_cell(&table, "%s", since);
		table_cell(&table, "%s", *held->driver ? held->driver : "-");
		table_cell(&table, "%s", *held->override ? held->override : "-");
		table_cell(&table, "%s", *held->claim ? held->claim : "-");
	}
	table_print(&table, out, color);
	table_release(&table);
}

static void put_guest(struct table *table, const struct running_guest *guest)
{
	bool supervised = guest->supervised && guest->supervisor.pid != guest->qemu.pid;
	_cleanup_free_ char *devices = xstrdup("-");
	char since[32];
	struct tm tm;

	for (size_t i = 0; i < guest->devices.count; i++) {
		char *more = xasprintf("%s%s%s", i ? devices : "", i ? " " : "",
				       guest->devices.items[i]);

		free(devices);
		devices = more;
	}
	strftime(since, sizeof(since), "%Y-%m-%d %H:%M", localtime_r(&guest->since, &tm));
	table_cell(table, "%s", guest->name);
	table_cell(table, "%d", (int)guest->qemu.pid);
	if (supervised)
		table_cell(table, "%d", (int)guest->supervisor.pid);
	else
		table_cell(table, "-");
	table_cell(table, "%s", since);
	table_cell(table, "%s", devices);
}

void text_guests(FILE *out, const struct running_guests *guests, bool color)
{
	static const char *const headings[] = { "GUEST", "QEMU", "VFIOADM", "SINCE", "DEVICES" };
	struct table table;
	size_t count = 0;

	table_init(&table, headings, ARRAY_SIZE(headings));
	for (size_t i = 0; i < guests->count; i++) {
		if (!guests->items[i].runs)
			continue;
		put_guest(&table, &guests->items[i]);
		count++;
	}
	if (count > 0)
		table_print(&table, out, color);
	table_release(&table);
}

void text_plan(FILE *out, const struct step_list *plan)
{
	char text[512];

	for (size_t i = 0; i < plan->count; i++) {
		step_describe(&plan->items[i], text, sizeof(text));
		fprintf(out, "%2zu. %s\n", i + 1, text);
	}
}

void text_findings(FILE *out, const struct finding_list *findings, bool color)
{
	static const char *const colors[] = {
		[SEVERITY_BLOCK] = COLOR_BAD, [SEVERITY_WARN] = COLOR_WARN,
		[SEVERITY_INFO] = COLOR_BOLD,
	};
	size_t width = terminal_width(out);

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->items[i];
		const struct finding_kind *kind = &finding_kinds[f->id];
		const char *severity = finding_severity_to_string(kind->severity);
		_cleanup_free_ char *text =
			xasprintf(": %s: %s [%s]", f->subject, f->message, kind->id);

		fprintf(out, "%s%s%s", color ? colors[kind->severity] : "", severity,
			color ? COLOR_PLAIN : "");
		put_wrapped(out, width, strlen(severity), 2, text);
		fprintf(out, "\n%4s", "");
		put_wrapped(out, width, 4, 4, f->remedy);
		fputc('\n', out);
	}
}

static void print_quoted(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_=,./:+@%";

	if (*word && strspn(word, plain) == strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

void text_command(FILE *out, const struct strv *argv)
{
	for (size_t i = 0; i < argv->count; i++) {
		bool option = argv->items[i][0] == '-';

		fputs(i == 0 ? "" : option ? " \\\n    " : " ", out);
		print_quoted(out, argv->items[i]);
	}
	fputc('\n', out);
}

void text_command_line(FILE *out, const struct strv *argv)
{
	for (size_t i = 0; i < argv->count; i++) {
		if (i > 0)
			fputc(' ', out);
		print_quoted(out, argv->items[i]);
	}
	fputc('\n', out);
}
