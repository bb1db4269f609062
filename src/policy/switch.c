/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/switch.h"

#include <string.h>

static bool is_downstream_port(const struct pci_tree *tree, size_t function)
{
	const struct pci_caps *caps = &tree->nodes[function].caps;

	return caps->known && caps->pcie && caps->type == PCIE_DOWNSTREAM_PORT;
}

size_t switch_port_above(const struct pci_tree *tree, size_t function)
{
	size_t above = tree->nodes[function].parent;

	while (above != NO_FUNCTION && !is_downstream_port(tree, above))
		above = tree->nodes[above].parent;
	return above;
}

bool switch_is_below(const struct pci_tree *tree, size_t function, size_t port)
{
	size_t upstream = tree->nodes[port].parent;

	return upstream != NO_FUNCTION && function != upstream &&
	       pci_tree_is_below(tree, function, upstream);
}

void switch_mark_bare_ports(const struct prediction *prediction, size_t port, bool *marks)
{
	const struct pci_tree *tree = &prediction->tree;
	size_t first, end, ports = 0;

	memset(marks, 0, tree->count * sizeof(*marks));
	pci_tree_bus(tree, port, &first, &end);
	for (size_t i = first; i < end; i++)
		ports += is_downstream_port(tree, i);
	for (size_t i = first; i < end && ports > 1; i++)
		marks[i] = is_downstream_port(tree, i) &&
			   !acs_isolates(prediction->verdicts[i]) &&
			   prediction->verdicts[i] != ACS_UNKNOWN;
}
