/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/groups-tree.h"

#include <string.h>

#include "base/alloc.h"
#include "report/color.h"
#include "report/device-name.h"

#define LINE_WIDTH   80
#define ACS_WIDTH    7
#define DRIVER_WIDTH_MAX 15

/* Of groups that have merged functions, in turn. */
static const char *const group_colors[] = { COLOR_WARN, COLOR_BOLD, "\033[1;4;35m", "\033[1;4m" };

/* Three columns for each level: there are more functions below, this is one, this is the last. */
static const struct lines {
	const char *past, *branch, *last;
} ascii_lines = { "|  ", "|- ", "`- " },
  utf8_lines = { "\u2502  ", "\u251c\u2500 ", "\u2514\u2500 " };

struct drawing {
	FILE *out;
	const struct prediction *prediction;
	const struct host *host;
	struct tree_style style;
	const struct lines *lines;
	size_t *first, *next; /* of what is below each function; beside it, by address */
	size_t *members;      /* how many are in each function's group */
	bool one_domain;      /* all are in domain 0, which then goes without saying */
	int tree_width, group_width, driver_width;
};

/* Some bridges isolate without ACS: the one way through an upstream port is up. */
static const char *acs_word(enum acs_verdict verdict, const struct pci_caps *caps)
{
	switch (verdict) {
	case ACS_ISOLATES:
		return caps->acs == ACS_CAPABILITY_PRESENT ? "ACS" : "-";
	case ACS_VOUCHED:
	case ACS_ASSUMED:
		return "quirk";
	case ACS_DISABLED:
		return "ACS off";
	case ACS_CONVENTIONAL:
		return "PCI";
	case ACS_UNKNOWN:
		return "unknown";
	default:
		return "no ACS";
	}
}

/* As many columns of text as there is room for; what is no text is not shown. */
static int put_clipped(const struct drawing *drawing, const char *text, int room)
{
	int columns = 0;

	for (; *text && columns < room; columns++) {
		const char *end = text + 1;

		while ((*end & 0xc0) == 0x80)
			end++;
		if ((unsigned char)*text >= 0xc0 && drawing->style.utf8)
			fwrite(text, 1, (size_t)(end - text), drawing->out);
		else
			fputc(*text < ' ' || *text > '~' ? '?' : *text, drawing->out);
		text = end;
	}
	return columns;
}

static void put_cell(const struct drawing *drawing, const char *text, int width, const char *color)
{
	bool colored = drawing->style.color && *color;
	int columns;

	fputs(colored ? color : "", drawing->out);
	columns = put_clipped(drawing, text, width);
	fprintf(drawing->out, "%s%*s  ", colored ? COLOR_PLAIN : "", width - columns, "");
}

static void put_group(const struct drawing *drawing, size_t i)
{
	int group = prediction_group_number(drawing->prediction, i, drawing->style.predicted);
	const char *color = "";
	char text[16] = "-";

	if (group >= 0)
		snprintf(text, sizeof(text), "%d", group);
	if (group >= 0 && drawing->members[i] > 1)
		color = group_colors[(size_t)group % ARRAY_SIZE(group_colors)];
	put_cell(drawing, text, drawing->group_width, color);
}

/* A bridge's; that of other functions is in groups --predict, where it decides anything. */
static void put_acs(const struct drawing *drawing, size_t i)
{
	enum acs_verdict verdict = drawing->prediction->verdicts[i];
	const struct pci_caps *caps = &drawing->prediction->tree.nodes[i].caps;
	bool counts = pci_function_is_bridge(&drawing->host->functions.items[i]);
	bool isolates = acs_isolates(verdict) || verdict == ACS_UNKNOWN;

	put_cell(drawing, counts ? acs_word(verdict, caps) : "", ACS_WIDTH, counts && !isolates ? COLOR_BAD : "");
}

static void put_name(const struct drawing *drawing, const struct pci_function *f)
{
	bool gpu = pci_function_is_display(f);
	int room = LINE_WIDTH - drawing->tree_width - drawing->group_width - ACS_WIDTH -
		   drawing->driver_width - 8;
	_cleanup_free_ char *name = device_short_name(drawing->host, f);

	fputs(gpu && drawing->style.color ? COLOR_BOLD : "", drawing->out);
	put_clipped(drawing, name, room < 8 ? 8 : room);
	fputs(gpu && drawing->style.color ? COLOR_PLAIN : "", drawing->out);
	fputc('\n', drawing->out);
}

static void put_function(const struct drawing *drawing, size_t i, const char *prefix, int depth)
{
	const struct pci_function *f = &drawing->host->functions.items[i];
	const struct pci_addr_text addr = pci_addr_text(f->addr);
	const char *shown = addr.text + (drawing->one_domain ? strlen("0000:") : 0);
	const char *line = drawing->next[i] == NO_FUNCTION ? drawing->lines->last
							   : drawing->lines->branch;

	fprintf(drawing->out, "%s%s%s%*s  ", prefix, line, shown,
		drawing->tree_width - 3 * depth - (int)strlen(shown), "");
	put_group(drawing, i);
	put_acs(drawing, i);
	put_cell(drawing, f->driver ? f->driver : "-", drawing->driver_width,
		 f->driver && pci_driver_is_vfio(f->driver) ? COLOR_BOLD : "");
	put_name(drawing, f);
}

/* Recursion goes no deeper than a path in sysfs can be long. */
static void put_siblings(const struct drawing *drawing, size_t i, const char *prefix, int depth)
{
	for (; i != NO_FUNCTION; i = drawing->next[i]) {
		bool last = drawing->next[i] == NO_FUNCTION;
		_cleanup_free_ char *below =
			xasprintf("%s%s", prefix, last ? "   " : drawing->lines->past);

		put_function(drawing, i, prefix, depth);
		put_siblings(drawing, drawing->first[i], below, depth + 1);
	}
}

static bool same_root_bus(const struct pci_function *a, const struct pci_function *b)
{
	return a->addr.domain == b->addr.domain && a->addr.bus == b->addr.bus;
}

/* From the last to the first, so that each list comes out sorted; root buses are lists of their own. */
static size_t *link_functions(struct drawing *drawing)
{
	const struct pci_function *items = drawing->host->functions.items;
	size_t count = drawing->host->functions.count, bus_count = 0;
	size_t *buses = xcalloc(count + 1, sizeof(*buses));

	drawing->first = xcalloc(count + 1, sizeof(*drawing->first));
	drawing->next = xcalloc(count + 1, sizeof(*drawing->next));
	for (size_t i = 0; i < count; i++)
		drawing->first[i] = NO_FUNCTION;
	for (size_t i = count; i-- > 0;) {
		size_t above = pci_node_above(&drawing->prediction->tree.nodes[i]);
		size_t *list = above != NO_FUNCTION ? &drawing->first[above] : NULL;

		if (!list) {
			if (bus_count == 0 || !same_root_bus(&items[buses[bus_count - 1]], &items[i]))
				buses[bus_count++] = NO_FUNCTION;
			list = &buses[bus_count - 1];
		}
		drawing->next[i] = *list;
		*list = i;
	}
	buses[bus_count] = NO_FUNCTION;
	return buses;
}

static void widen(int *width, size_t length)
{
	if ((int)length > *width)
		*width = (int)length;
}

static void measure(struct drawing *drawing)
{
	const struct pci_tree *tree = &drawing->prediction->tree;
	const struct pci_function *items = drawing->host->functions.items;

	drawing->group_width = (int)strlen("GROUP");
	drawing->driver_width = (int)strlen("DRIVER");
	for (size_t i = 0; i < tree->count; i++) {
		size_t address = strlen(pci_addr_text(items[i].addr).text) -
				 (drawing->one_domain ? strlen("0000:") : 0);

		widen(&drawing->tree_width, 3 * (tree->nodes[i].depth + 1) + address);
		widen(&drawing->driver_width, items[i].driver ? strlen(items[i].driver) : 0);
	}
	if (drawing->driver_width > DRIVER_WIDTH_MAX)
		drawing->driver_width = DRIVER_WIDTH_MAX;
}

static void count_members(struct drawing *drawing)
{
	size_t count = drawing->host->functions.count;
	_cleanup_free_ int *groups = xcalloc(count + 1, sizeof(*groups));

	drawing->members = xcalloc(count + 1, sizeof(*drawing->members));
	drawing->one_domain = true;
	for (size_t i = 0; i < count; i++) {
		groups[i] = prediction_group_number(drawing->prediction, i,
						    drawing->style.predicted);
		drawing->one_domain &= drawing->host->functions.items[i].addr.domain == 0;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			drawing->members[i] += groups[j] == groups[i];
}

void text_groups_tree(FILE *out, const struct prediction *prediction, struct tree_style style)
{
	struct drawing drawing = { .out = out, .prediction = prediction, .style = style,
				   .host = prediction->tree.host,
				   .lines = style.utf8 ? &utf8_lines : &ascii_lines };
	size_t *buses = link_functions(&drawing), count = 0;

	count_members(&drawing);
	measure(&drawing);
	if (drawing.host->functions.count > 0)
		fprintf(out, "%s%-*s  %-*s  %-*s  %-*s  %s%s\n", style.color ? COLOR_BOLD : "",
			drawing.tree_width, "BUS", drawing.group_width,
			"GROUP", ACS_WIDTH, "ACS", drawing.driver_width, "DRIVER", "DEVICE", style.color ? COLOR_PLAIN : "");
	while (buses[count] != NO_FUNCTION)
		count++;
	while (count-- > 0) {
		struct pci_addr addr = drawing.host->functions.items[buses[count]].addr;

		fprintf(out, "%04x:%02x\n", addr.domain, addr.bus);
		put_siblings(&drawing, buses[count], "", 1);
	}
	free(buses);
	free(drawing.first);
	free(drawing.next);
	free(drawing.members);
}
