/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/pci-tree.h"

#include "base/alloc.h"

#define DEPTH_UNKNOWN SIZE_MAX

static size_t index_of(const struct host *host, struct pci_addr addr)
{
	const struct pci_function *f = pci_functions_find(&host->functions, addr);

	return f ? (size_t)(f - host->functions.items) : NO_FUNCTION;
}

static void find_above(struct pci_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct pci_function *f = &tree->host->functions.items[i];
		struct pci_node *node = &tree->nodes[i];

		node->caps = tree->host->caps[i];
		node->parent = f->has_parent ? index_of(tree->host, f->parent) : NO_FUNCTION;
		node->vmd = node->caps.behind_vmd ? index_of(tree->host, node->caps.vmd)
						  : NO_FUNCTION;
		node->depth = DEPTH_UNKNOWN;
	}
}

size_t pci_node_above(const struct pci_node *node)
{
	return node->parent != NO_FUNCTION ? node->parent : node->vmd;
}

/* The links of a damaged capture may lead in a circle: it is cut where it is noticed. */
static void find_depth(struct pci_tree *tree, size_t function)
{
	size_t up = function, steps = 0, depth;

	while (tree->nodes[up].depth == DEPTH_UNKNOWN &&
	       pci_node_above(&tree->nodes[up]) != NO_FUNCTION) {
		if (steps++ > tree->count) {
			tree->nodes[up].parent = tree->nodes[up].vmd = NO_FUNCTION;
			find_depth(tree, function);
			return;
		}
		up = pci_node_above(&tree->nodes[up]);
	}
	if (tree->nodes[up].depth == DEPTH_UNKNOWN)
		tree->nodes[up].depth = 0;
	depth = tree->nodes[up].depth + steps;
	for (up = function; steps > 0; steps--, up = pci_node_above(&tree->nodes[up]))
		tree->nodes[up].depth = depth--;
}

/* A counting sort keeps functions of one depth in the order of their addresses. */
static void sort_by_depth(struct pci_tree *tree)
{
	_cleanup_free_ size_t *first = xcalloc(tree->count + 2, sizeof(*first));

	for (size_t i = 0; i < tree->count; i++)
		first[tree->nodes[i].depth + 1]++;
	for (size_t depth = 0; depth <= tree->count; depth++)
		first[depth + 1] += first[depth];
	tree->order = xcalloc(tree->count, sizeof(*tree->order));
	for (size_t i = 0; i < tree->count; i++)
		tree->order[first[tree->nodes[i].depth]++] = i;
}

static bool is_type(const struct pci_caps *caps, enum pcie_type type)
{
	return caps->known && caps->pcie && caps->type == type;
}

/* Some ports claim a type that cannot be, and the kernel corrects it: set_pcie_port_type(). */
static void correct_type(struct pci_node *node, const struct pci_caps *parent)
{
	if (is_type(&node->caps, PCIE_DOWNSTREAM_PORT) &&
	    (is_type(parent, PCIE_ROOT_PORT) || is_type(parent, PCIE_DOWNSTREAM_PORT) ||
	     is_type(parent, PCI_TO_PCIE_BRIDGE)))
		node->caps.type = PCIE_UPSTREAM_PORT;
	else if (is_type(&node->caps, PCIE_UPSTREAM_PORT) && is_type(parent, PCIE_UPSTREAM_PORT))
		node->caps.type = PCIE_DOWNSTREAM_PORT;
}

void pci_tree_build(const struct host *host, struct pci_tree *ret)
{
	size_t count = host->functions.count;
	struct pci_tree tree = { .host = host, .count = count };

	tree.nodes = xcalloc(count, sizeof(*tree.nodes));
	find_above(&tree);
	for (size_t i = 0; i < count; i++)
		find_depth(&tree, i);
	sort_by_depth(&tree);
	for (size_t i = 0; i < count; i++) {
		struct pci_node *node = &tree.nodes[tree.order[i]];

		if (node->parent == NO_FUNCTION)
			continue;
		node->vmd = tree.nodes[node->parent].vmd;
		correct_type(node, &tree.nodes[node->parent].caps);
	}
	*ret = tree;
}

void pci_tree_release(struct pci_tree *tree)
{
	free(tree->nodes);
	free(tree->order);
	*tree = (struct pci_tree){ 0 };
}

bool pci_tree_is_below(const struct pci_tree *tree, size_t function, size_t above)
{
	while (function != above && function != NO_FUNCTION)
		function = tree->nodes[function].parent;
	return function == above;
}

static bool same_bus(struct pci_addr a, struct pci_addr b)
{
	return a.domain == b.domain && a.bus == b.bus;
}

static void find_range(const struct pci_tree *tree, size_t function, size_t *first, size_t *end,
		       bool (*same)(struct pci_addr, struct pci_addr))
{
	const struct pci_function *items = tree->host->functions.items;

	*first = function;
	while (*first > 0 && same(items[*first - 1].addr, items[function].addr))
		--*first;
	*end = function + 1;
	while (*end < tree->count && same(items[*end].addr, items[function].addr))
		++*end;
}

void pci_tree_bus(const struct pci_tree *tree, size_t function, size_t *first, size_t *end)
{
	find_range(tree, function, first, end, same_bus);
}

void pci_tree_slot(const struct pci_tree *tree, size_t function, size_t *first, size_t *end)
{
	find_range(tree, function, first, end, pci_addr_same_slot);
}
