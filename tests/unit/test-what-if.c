/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "policy/what-if.h"
#include "support/test.h"
#include "support/topology.h"

static struct tree *tree;
static struct host host;
static struct prediction prediction;
static struct what_ifs what_ifs;

static int finish(void **unused)
{
	(void)unused;
	what_ifs_release(&what_ifs);
	prediction_release(&prediction);
	host_release(&host);
	host = (struct host){ 0 };
	tree_free(tree);
	tree = NULL;
	return 0;
}

static void make(const struct made_function *functions, size_t count)
{
	finish(NULL);
	tree = topology_make(functions, count);
	topology_predict(tree, &host, &prediction);
	what_ifs_make(&prediction, &what_ifs);
}

#define MAKE(functions) make(functions, ARRAY_SIZE(functions))

/* All sentences, a line each. */
static void assert_told(const char *expected)
{
	char *told = NULL;
	size_t size;
	FILE *out = open_memstream(&told, &size);

	for (size_t i = 0; i < what_ifs.count; i++) {
		char *text = what_if_text(&prediction, &what_ifs.items[i]);

		fprintf(out, "%s\n", text);
		free(text);
	}
	fclose(out);
	assert_string_equal(told, expected);
	free(told);
}

/* The partition if these had ACS, up to the first NULL. */
static void assert_with_acs(const char *const *addrs, const char *expected)
{
	bool has_acs[64] = { false };
	struct prediction assumed;
	struct pci_addr addr;
	struct error err;
	char *got;

	for (; *addrs; addrs++) {
		assert_ok(pci_addr_parse(*addrs, &addr, NULL, &err), err);
		has_acs[pci_functions_find(&host.functions, addr) - host.functions.items] = true;
	}
	predict_groups_with_acs(&host, has_acs, &assumed);
	got = topology_partition(&assumed);
	assert_string_equal(got, expected);
	free(got);
	prediction_release(&assumed);
}

#define ASSERT_WITH_ACS(expected, ...) \
	assert_with_acs((const char *const[]){ __VA_ARGS__, NULL }, expected)

#define ROOT_PORT(addr, ...) \
	{ addr, NULL, 0x1b36, 0x000c, CLASS_BRIDGE, PCIE_ROOT_PORT, __VA_ARGS__ }
#define PORT(addr, above, type, ...) { addr, above, 0x104c, 0x8232, CLASS_BRIDGE, type, __VA_ARGS__ }
#define ENDPOINT(addr, above, ...) \
	{ addr, above, 0x8086, 0x10d3, CLASS_OTHER, PCIE_ENDPOINT, __VA_ARGS__ }
#define PLAIN(addr, above, ...) \
	{ addr, above, 0x1234, 0x11e8, CLASS_OTHER, CONVENTIONAL, NO_ACS, 0, __VA_ARGS__ }
#define PCI_BRIDGE(addr, above, type) \
	{ addr, above, 0x1b36, 0x000e, CLASS_BRIDGE, type, NO_ACS, 0, false, 0 }

static void a_port_and_what_is_behind_it(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", NO_ACS, 0, false, 0),
		ROOT_PORT("0000:00:02.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", ACS_PORT, 0, true, 0),
		ENDPOINT("0000:01:00.1", "0000:00:01.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:02.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:01.0 had ACS this group would be: "
		    "{0000:00:01.0} {0000:01:00.0} {0000:01:00.1}\n");
	ASSERT_WITH_ACS("00:01.0\n00:02.0\n01:00.0\n01:00.1\n02:00.0\n", "0000:00:01.0");
	ASSERT_WITH_ACS("00:01.0 01:00.0 01:00.1\n00:02.0\n02:00.0\n", "0000:00:02.0");
}

/* A GPU and its sound leave the port's group together, and part only if one of them has ACS. */
static void a_card_of_two_functions(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, true, 0),
		ENDPOINT("0000:01:00.1", "0000:00:01.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:01.0 had ACS this group would be: "
		    "{0000:00:01.0} {0000:01:00.0 0000:01:00.1}\n");
	ASSERT_WITH_ACS("00:01.0 01:00.0 01:00.1\n", "0000:01:00.0");
	ASSERT_WITH_ACS("00:01.0\n01:00.0\n01:00.1\n", "0000:00:01.0", "0000:01:00.1");
	functions[0].acs = ACS_PORT;
	MAKE(functions);
	assert_told("if 0000:01:00.0 had ACS this group would be: {0000:01:00.0} {0000:01:00.1}\n");
}

static void two_ports_of_one_path(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:06.0", NO_ACS, 0, false, 0),
		PORT("0000:01:00.0", "0000:00:06.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:01.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:02.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, ACS_PORT, 0, false, 0),
		ENDPOINT("0000:03:00.0", "0000:02:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:04:00.0", "0000:02:02.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:06.0 had ACS this group would be: {0000:00:06.0} {0000:01:00.0} "
		    "{0000:02:01.0 0000:03:00.0} {0000:02:02.0} {0000:04:00.0}\n"
		    "if 0000:02:01.0 had ACS this group would not change: 0000:00:06.0 also lacks "
		    "it\n");
	ASSERT_WITH_ACS("00:06.0\n01:00.0\n02:01.0\n02:02.0\n03:00.0\n04:00.0\n", "0000:00:06.0",
			"0000:02:01.0");
}

static void ports_of_one_slot(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:09.0", NO_ACS, 0, true, 0),
		ROOT_PORT("0000:00:09.1", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:09.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:09.1", NO_ACS, 0, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:09.0 had ACS this group would be: "
		    "{0000:00:09.0} {0000:00:09.1 0000:02:00.0} {0000:01:00.0}\n"
		    "if 0000:00:09.1 had ACS this group would be: "
		    "{0000:00:09.0 0000:01:00.0} {0000:00:09.1} {0000:02:00.0}\n");
}

static void acs_that_is_switched_off(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 1),
		PORT("0000:01:00.0", "0000:00:01.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 1),
		PORT("0000:02:01.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, false, 1),
		ENDPOINT("0000:03:00.0", "0000:02:01.0", NO_ACS, 0, false, 1),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:01.0 had ACS this group would be: "
		    "{0000:00:01.0} {0000:01:00.0} {0000:02:01.0 0000:03:00.0}\n"
		    "if 0000:02:01.0 had ACS this group would not change: 0000:00:01.0 has it "
		    "switched off\n");
}

/* A bridge that hides who is behind it keeps them together whatever the port above has. */
static void conventional_buses(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", NO_ACS, 0, false, 0),
		PCI_BRIDGE("0000:01:00.0", "0000:00:01.0", PCIE_TO_PCI_BRIDGE),
		PLAIN("0000:02:00.0", "0000:01:00.0", false, 0),
		PCI_BRIDGE("0000:00:1e.0", NULL, CONVENTIONAL),
		PLAIN("0000:03:00.0", "0000:00:1e.0", false, 0),
		PLAIN("0000:00:1f.0", NULL, true, 0),
		PLAIN("0000:00:1f.2", NULL, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_told("if 0000:00:01.0 had ACS this group would be: "
		    "{0000:00:01.0} {0000:01:00.0 0000:02:00.0}\n");
}

static const char *why_pointless(const char *text)
{
	struct pci_addr addr;
	struct error err;
	size_t i;

	assert_ok(pci_addr_parse(text, &addr, NULL, &err), err);
	i = (size_t)(pci_functions_find(&host.functions, addr) - host.functions.items);
	return acs_pointless(prediction.verdicts[i], &host.functions.items[i],
			     &prediction.tree.nodes[i].caps);
}

static void where_acs_means_nothing(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, false, 0),
		ROOT_PORT("0000:00:02.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:02.0", NO_ACS, 0, true, 0),
		PCI_BRIDGE("0000:00:03.0", NULL, PCIE_TO_PCI_BRIDGE),
		PCI_BRIDGE("0000:00:04.0", NULL, CONVENTIONAL),
		PLAIN("0000:00:05.0", NULL, false, 0),
		{ "0000:00:06.0", NULL, 0x8086, 1, CLASS_OTHER, PCIE_RC_EVENT_COLLECTOR, NO_ACS, 0,
		  false, 0 },
		{ "0000:00:07.0", NULL, 0x1d17, 0x0722, CLASS_BRIDGE, PCIE_ROOT_PORT, NO_ACS, 0,
		  false, 0 },
		ROOT_PORT("0000:00:08.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	MAKE(functions);
	assert_null(why_pointless("0000:00:01.0"));
	assert_null(why_pointless("0000:00:02.0"));
	assert_null(why_pointless("0000:02:00.0"));
	assert_contains(why_pointless("0000:01:00.0"), "the only function of its slot");
	assert_contains(why_pointless("0000:00:03.0"), "between PCIe and conventional PCI");
	assert_contains(why_pointless("0000:00:04.0"), "a bridge of conventional PCI");
	assert_contains(why_pointless("0000:00:05.0"), "a conventional PCI device");
	assert_contains(why_pointless("0000:00:06.0"), "event collector");
	assert_contains(why_pointless("0000:00:07.0"), "the kernel's list");
	tree_cut_config(tree, "0000:00:08.0", 0);
	prediction_release(&prediction);
	host_release(&host);
	topology_predict(tree, &host, &prediction);
	assert_contains(why_pointless("0000:00:08.0"), "cannot be read");
}

#define a_test(function) cmocka_unit_test_teardown(function, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test(a_port_and_what_is_behind_it),
		a_test(a_card_of_two_functions),
		a_test(two_ports_of_one_path),
		a_test(ports_of_one_slot),
		a_test(acs_that_is_switched_off),
		a_test(conventional_buses),
		a_test(where_acs_means_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
