/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/topology.h"

#include <stdio.h>

#include "base/alloc.h"
#include "support/test.h"

#define PCIE_AT 0x40
#define ACS_AT  0x100

void topology_set_pcie(struct tree *tree, const char *addr, int type, int acs, int control)
{
	const uint8_t status = 0x10, pointer = PCIE_AT, last = 0;
	const uint8_t pcie[] = { 0x10, 0, (uint8_t)(type << 4 | 2), 0 };
	const uint8_t registers[] = { 0x0d, 0, 1, 0, (uint8_t)acs, 0, (uint8_t)control, 0 };

	tree_set_config(tree, addr, 0x06, &status, 1);
	tree_set_config(tree, addr, 0x34, &pointer, 1);
	tree_set_config(tree, addr, PCIE_AT, pcie, sizeof(pcie));
	tree_set_config(tree, addr, 0xfff, &last, 1);
	if (acs != NO_ACS)
		tree_set_config(tree, addr, ACS_AT, registers, sizeof(registers));
}

static void add_function(struct tree *tree, const struct made_function *f)
{
	uint8_t header = f->class >> 8 == 0x0604 ? 1 : 0;

	tree_add_function(tree, f->addr, f->vendor, f->device, f->class, NULL, f->group - 1,
			  f->above);
	header |= f->multifunction ? 0x80 : 0;
	tree_set_config(tree, f->addr, 0x0e, &header, 1);
	if (f->type != CONVENTIONAL)
		topology_set_pcie(tree, f->addr, f->type, f->acs, f->control);
}

struct tree *topology_make(const struct made_function *functions, size_t count)
{
	struct tree *tree = tree_new();
	bool active = false;

	for (size_t i = 0; i < count; i++) {
		add_function(tree, &functions[i]);
		active |= functions[i].group > 0;
	}
	if (active)
		tree_set_iommu_active(tree, "dmar0");
	return tree;
}

void topology_predict(struct tree *tree, struct host *host, struct prediction *ret)
{
	struct error err;

	assert_ok(host_discover(tree_root(tree), HOST_CAPS, host, &err), err);
	host_discover_platform(host);
	predict_groups(host, ret);
}

static const char *short_address(struct pci_addr_text *text)
{
	return strncmp(text->text, "0000:", 5) == 0 ? text->text + 5 : text->text;
}

char *topology_partition(const struct prediction *prediction)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t g = 0; g < prediction->group_count; g++) {
		for (size_t i = 0; i < prediction->groups[g].count; i++) {
			size_t member = prediction->groups[g].members[i];
			struct pci_addr_text addr = pci_addr_text(
				prediction->tree.host->functions.items[member].addr);

			fprintf(out, "%s%s", i ? " " : "", short_address(&addr));
		}
		fputc('\n', out);
	}
	fclose(out);
	return text;
}

char *topology_reason(const struct prediction *prediction, const char *addr)
{
	const struct pci_functions *functions = &prediction->tree.host->functions;
	const struct pci_function *f;
	_cleanup_free_ char *text = NULL;
	struct pci_addr parsed;
	struct error err;
	size_t i;

	assert_ok(pci_addr_parse(addr, &parsed, NULL, &err), err);
	f = pci_functions_find(functions, parsed);
	assert_non_null(f);
	i = (size_t)(f - functions->items);
	text = prediction_reason_text(prediction, i);
	return text ? xasprintf("%s %s", reason_code_to_string(prediction->reasons[i].code), text)
		    : xstrdup("");
}
