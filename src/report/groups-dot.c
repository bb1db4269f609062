/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/groups-dot.h"

#include <string.h>

#include "base/alloc.h"
#include "host/pci-config.h"
#include "policy/target.h"

/* Longer names make wide pictures. */
#define NAME_MAX_SHOWN   52
#define DRIVER_MAX_SHOWN 24

struct picture {
	FILE *out;
	const struct prediction *prediction;
	const struct host *host;
	bool predicted;
	bool one_domain; /* all are in domain 0, which then goes without saying */
};

/* Colours of groups that have merged functions, in turn; a function alone is pale. */
static const char *const fills[] = { "#cfe2f3", "#fce5cd", "#d9ead3", "#ead1dc",
				     "#fff2cc", "#d9d2e9", "#d0e0e3", "#f4cccc" };
#define FILL_ALONE "#f7f7f7"

/*
 * Text for inside of quotes: dot(1) gives a meaning to backslashes, and to ampersands as HTML does.
 * Names come from files that anyone may have written; what is not plain ASCII is not shown.
 */
static void put_text(FILE *out, const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			fputc('\\', out);
		if (text[i] == '&')
			fputs("&amp;", out);
		else
			fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i], out);
	}
	if (text[len])
		fputs("...", out);
}

/* Root and downstream ports isolate by their ACS or a quirk alone, other bridges without as well. */
static const char *isolation_word(const struct pci_caps *caps)
{
	if (caps->acs == ACS_CAPABILITY_PRESENT)
		return "ACS";
	return caps->type == PCIE_ROOT_PORT || caps->type == PCIE_DOWNSTREAM_PORT
		       ? "ACS supposed" : "needs no ACS";
}

static const char *acs_word(const struct picture *picture, size_t i)
{
	switch (picture->prediction->verdicts[i]) {
	case ACS_ISOLATES:
		return isolation_word(&picture->prediction->tree.nodes[i].caps);
	case ACS_VOUCHED:
		return "ACS by quirk";
	case ACS_ASSUMED:
		return "ACS by quirk, assumed";
	case ACS_DISABLED:
		return "ACS off";
	case ACS_CONVENTIONAL:
		return "conventional PCI";
	case ACS_UNKNOWN:
		return "ACS unknown";
	default:
		return "no ACS";
	}
}

static const char *acs_color(enum acs_verdict verdict)
{
	if (verdict == ACS_UNKNOWN)
		return "#999999";
	return acs_isolates(verdict) ? "#38761d" : "#cc0000";
}

/* What ACS can be asked of; an endpoint of its own slot has no use for it. */
static bool is_port(const struct picture *picture, size_t i)
{
	return pci_function_is_bridge(&picture->host->functions.items[i]);
}

static void put_style(const struct picture *picture, size_t i)
{
	const struct pci_function *f = &picture->host->functions.items[i];

	if (is_port(picture, i))
		fprintf(picture->out, ", color=\"%s\", penwidth=2",
			acs_color(picture->prediction->verdicts[i]));
	if (pci_function_is_display(f))
		fputs(", fillcolor=\"#ffd966\", penwidth=2, fontsize=11", picture->out);
	else if (f->driver && pci_driver_is_vfio(f->driver))
		fputs(", fillcolor=\"#b6d7a8\"", picture->out);
}

static const char *shown_address(const struct picture *picture, const struct pci_addr_text *addr)
{
	return addr->text + (picture->one_domain ? strlen("0000:") : 0);
}

/* A port says what its ACS is, everything else what it is; a line each, for there are many. */
static void put_name(const struct picture *picture, size_t i)
{
	const struct pci_function *f = &picture->host->functions.items[i];
	char class[128], device[128];

	pci_config_class_name(picture->host->config, f->class, class, sizeof(class));
	pci_config_device_name(picture->host->config, f->vendor, f->device, device, sizeof(device));
	if (is_port(picture, i) || pci_function_is_display(f) || !*device)
		fprintf(picture->out, "%04x:%04x  ", f->vendor, f->device);
	if (is_port(picture, i))
		fputs(acs_word(picture, i), picture->out);
	else
		put_text(picture->out, *device ? device : *class ? class : "Device",
			 NAME_MAX_SHOWN);
}

static void put_node(const struct picture *picture, size_t i, const char *indent)
{
	const struct pci_function *f = &picture->host->functions.items[i];
	const struct pci_addr_text addr = pci_addr_text(f->addr);

	fprintf(picture->out, "%s\"%s\" [label=\"%s  ", indent, addr.text,
		shown_address(picture, &addr));
	put_name(picture, i);
	if (f->driver) {
		fputs("  (", picture->out);
		put_text(picture->out, f->driver, DRIVER_MAX_SHOWN);
		fputc(')', picture->out);
	}
	if (f->boot_vga)
		fputs("\\lthe firmware's screen", picture->out);
	fputs("\\l\"", picture->out);
	put_style(picture, i);
	fputs("];\n", picture->out);
}

static void begin_cluster(const struct picture *picture, size_t number, size_t members,
			  size_t *colored)
{
	fprintf(picture->out, "\tsubgraph \"cluster_%zu\" {\n\t\tlabel=\"group %zu\"; ", number,
		number);
	fprintf(picture->out, "bgcolor=\"%s\";\n",
		members > 1 ? fills[(*colored)++ % ARRAY_SIZE(fills)] : FILL_ALONE);
}

static void put_predicted_groups(const struct picture *picture)
{
	size_t colored = 0;

	for (size_t g = 0; g < picture->prediction->group_count; g++) {
		const struct predicted_group *group = &picture->prediction->groups[g];

		begin_cluster(picture, g + 1, group->count, &colored);
		for (size_t i = 0; i < group->count; i++)
			put_node(picture, group->members[i], "\t\t");
		fputs("\t}\n", picture->out);
	}
}

static void put_kernel_groups(const struct picture *picture)
{
	const struct host *host = picture->host;
	size_t colored = 0;

	for (size_t g = 0; g < host->iommu.group_count; g++) {
		const struct iommu_group *group = &host->iommu.groups[g];

		begin_cluster(picture, (size_t)group->id, group->member_count, &colored);
		for (size_t i = 0; i < group->member_count; i++) {
			const struct pci_function *f =
				pci_functions_find(&host->functions, group->members[i]);

			if (f && f->iommu_group == group->id)
				put_node(picture, (size_t)(f - host->functions.items), "\t\t");
		}
		fputs("\t}\n", picture->out);
	}
}

static int group_of(const struct picture *picture, size_t i)
{
	return prediction_group_number(picture->prediction, i, picture->predicted);
}

static bool is_on_root_bus(const struct pci_node *node)
{
	return pci_node_above(node) == NO_FUNCTION;
}

static void put_edge(const struct picture *picture, size_t i)
{
	const struct pci_function *items = picture->host->functions.items;
	const struct pci_node *node = &picture->prediction->tree.nodes[i];

	if (is_on_root_bus(node))
		fprintf(picture->out, "\t\"root bus %04x:%02x\"", items[i].addr.domain,
			items[i].addr.bus);
	else
		fprintf(picture->out, "\t\"%s\"", pci_addr_text(items[pci_node_above(node)].addr).text);
	fprintf(picture->out, " -> \"%s\";\n", pci_addr_text(items[i].addr).text);
}

static bool is_within_group(const struct picture *picture, size_t i)
{
	const struct pci_node *node = &picture->prediction->tree.nodes[i];

	return !is_on_root_bus(node) && group_of(picture, i) >= 0 &&
	       group_of(picture, i) == group_of(picture, pci_node_above(node));
}

/* dot(1) places by the order in which it sees edges, and inside of a cluster from the bottom up. */
static void put_edges(const struct picture *picture)
{
	size_t count = picture->host->functions.count;

	for (size_t i = 0; i < count; i++)
		if (!is_within_group(picture, i))
			put_edge(picture, i);
	for (size_t i = count; i-- > 0;)
		if (is_within_group(picture, i))
			put_edge(picture, i);
}

/* Functions come sorted, so that those of one bus are beside each other. Unseen edges keep that order. */
static void put_root_buses(const struct picture *picture)
{
	const struct pci_function *items = picture->host->functions.items, *last = NULL;

	for (size_t i = 0; i < picture->host->functions.count; i++) {
		if (!is_on_root_bus(&picture->prediction->tree.nodes[i]) ||
		    (last && last->addr.domain == items[i].addr.domain &&
		     last->addr.bus == items[i].addr.bus))
			continue;
		if (last)
			fprintf(picture->out, "\t{ rank=same; \"root bus %04x:%02x\" -> \"root bus "
					      "%04x:%02x\" [style=invis]; }\n",
				last->addr.domain, last->addr.bus, items[i].addr.domain,
				items[i].addr.bus);
		last = &items[i];
		fprintf(picture->out, "\t\"root bus %04x:%02x\" [shape=ellipse, style=bold, "
				      "width=1];\n", last->addr.domain, last->addr.bus);
	}
}

static bool all_in_domain_0(const struct host *host)
{
	for (size_t i = 0; i < host->functions.count; i++)
		if (host->functions.items[i].addr.domain != 0)
			return false;
	return true;
}

void dot_groups(FILE *out, const struct prediction *prediction, bool predicted)
{
	const struct host *host = prediction->tree.host;
	const struct picture picture = { out, prediction, host, predicted, all_in_domain_0(host) };

	fprintf(out, "digraph groups {\n\tlabel=\"%s. A port's frame is green where it isolates, red "
		     "where it does not.\\lGPUs are yellow, what vfio has is green.\\l\";\n",
		predicted ? "Predicted IOMMU groups" : "IOMMU groups");
	fputs("\tlabelloc=t; rankdir=LR; labeljust=l; splines=ortho; ranksep=0.4; nodesep=0.06;\n"
	      "\tfontname=\"Helvetica\"; fontsize=11; pad=0.2;\n"
	      "\tnode [shape=box, style=\"filled,rounded\", fillcolor=white, fontname=\"Helvetica\", "
	      "fontsize=10, height=0.26, width=2.4, margin=\"0.08,0.03\"];\n"
	      "\tedge [arrowhead=none, color=\"#666666\"];\n", out);
	put_root_buses(&picture);
	put_edges(&picture);
	if (predicted)
		put_predicted_groups(&picture);
	else
		put_kernel_groups(&picture);
	for (size_t i = 0; i < host->functions.count; i++)
		if (group_of(&picture, i) < 0)
			put_node(&picture, i, "\t");
	fputs("}\n", out);
}
