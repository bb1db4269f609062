/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's command line, read from a host root as it is at boot: claims of possible addresses, and
 * what it takes from the ACS of a root port and the card behind it.
 */
#include <string.h>

#include "fuzz-tree.h"
#include "fuzz.h"
#include "host/claims.h"
#include "host/platform.h"
#include "policy/acs-cmdline.h"

#define CMDLINE "proc/cmdline"

static void check_claims(void)
{
	struct claims claims;

	claims_read(tree_root(fuzz_tree()), &claims);
	for (size_t i = 0; i < claims.count; i++) {
		check(strcmp(claims.items[i].name, CLAIM_CMDLINE) == 0);
		check(claims.items[i].address.device < 32 && claims.items[i].address.function < 8);
	}
	claims_release(&claims);
}

static void check_acs(const char *text)
{
	struct pci_function items[] = {
		{ .addr = { 0, 0, 4, 0 }, .vendor = 0x1b36, .device = 0x000c },
		{ .addr = { 0, 1, 0, 0 }, .vendor = 0x1002, .device = 0x5159,
		  .parent = { 0, 0, 4, 0 }, .has_parent = true },
	};
	struct pci_node nodes[] = {
		{ .parent = NO_FUNCTION, .vmd = NO_FUNCTION },
		{ .parent = 0, .vmd = NO_FUNCTION, .depth = 1 },
	};
	const struct host host = { .functions = { items, ARRAY_SIZE(items) } };
	const struct pci_tree pci = { .host = &host, .nodes = nodes, .count = ARRAY_SIZE(nodes) };
	struct platform platform = { .kernel_release = (char *)"6.11.0" };
	struct acs_cmdline acs;

	strv_split(&platform.cmdline, text, " \t\n");
	platform_cmdline_value(&platform, "intel_iommu");
	acs_cmdline_parse(&platform, &acs);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		check(acs_cmdline_cleared(&acs, &pci, i) < 1U << ACS_BITS);
	acs_cmdline_release(&acs);
	strv_release(&platform.cmdline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	tree_write(fuzz_tree(), CMDLINE, text);
	check_claims();
	check_acs(text);
	return 0;
}
