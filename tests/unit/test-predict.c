/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <time.h>

#include "support/test.h"
#include "support/topology.h"

static struct tree *tree;
static struct host host;
static struct prediction prediction;

static int start(void **unused)
{
	(void)unused;
	tree = NULL;
	return 0;
}

static void forget(void)
{
	prediction_release(&prediction);
	host_release(&host);
	host = (struct host){ 0 };
	tree_free(tree);
	tree = NULL;
}

static int finish(void **unused)
{
	(void)unused;
	forget();
	return 0;
}

/* The prediction for tree as it is now. */
static void predict_again(void)
{
	prediction_release(&prediction);
	host_release(&host);
	topology_predict(tree, &host, &prediction);
}

static void predict(const struct made_function *functions, size_t count)
{
	forget();
	tree = topology_make(functions, count);
	topology_predict(tree, &host, &prediction);
}

#define PREDICT(functions) predict(functions, ARRAY_SIZE(functions))

static void assert_partition(const char *expected)
{
	char *got = topology_partition(&prediction);

	assert_string_equal(got, expected);
	free(got);
}

static void assert_reason(const char *addr, const char *expected)
{
	char *got = topology_reason(&prediction, addr);

	if (*expected)
		assert_contains(got, expected);
	else
		assert_string_equal(got, "");
	free(got);
}

/* Rows of made_function: what is at ADDR behind ABOVE. */
#define ROOT_PORT(addr, ...) \
	{ addr, NULL, 0x1b36, 0x000c, CLASS_BRIDGE, PCIE_ROOT_PORT, __VA_ARGS__ }
#define PORT(addr, above, type, ...) { addr, above, 0x104c, 0x8232, CLASS_BRIDGE, type, __VA_ARGS__ }
#define ENDPOINT(addr, above, ...) \
	{ addr, above, 0x8086, 0x10d3, CLASS_OTHER, PCIE_ENDPOINT, __VA_ARGS__ }
#define PLAIN(addr, above, ...) \
	{ addr, above, 0x1234, 0x11e8, CLASS_OTHER, CONVENTIONAL, NO_ACS, 0, __VA_ARGS__ }
#define PCI_BRIDGE(addr, above, type) \
	{ addr, above, 0x1b36, 0x000e, CLASS_BRIDGE, type, NO_ACS, 0, false, 0 }

static void ports_with_acs_and_without(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:04.0", ACS_PORT, 0, false, 0),
		ROOT_PORT("0000:00:05.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:04.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:05.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:04.0\n00:05.0 02:00.0\n01:00.0\n");
	assert_reason("0000:02:00.0", "no-acs-capability 0000:00:05.0: root port without");
	assert_reason("0000:00:05.0", "no-acs-capability 0000:00:05.0: root port without");
	assert_reason("0000:01:00.0", "");
	assert_true(prediction.complete);
	assert_int_equal(prediction_compare(&prediction), PREDICTION_UNKNOWN);
}

static void a_switch_without_acs(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:06.0", ACS_PORT, 0, false, 0),
		PORT("0000:01:00.0", "0000:00:06.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:01.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:02.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, false, 0),
		ENDPOINT("0000:03:00.0", "0000:02:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:04:00.0", "0000:02:02.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:06.0\n01:00.0\n02:01.0 03:00.0\n02:02.0 04:00.0\n");
	assert_reason("0000:03:00.0", "no-acs-capability 0000:02:01.0: downstream port");
	functions[0].acs = NO_ACS;
	PREDICT(functions);
	assert_partition("00:06.0 01:00.0 02:01.0 02:02.0 03:00.0 04:00.0\n");
	assert_reason("0000:02:02.0", "no-acs-capability 0000:00:06.0: root port");
}

/* Below a port without ACS nothing that is further down can help. */
static void a_good_switch_below_a_bad_port(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", NO_ACS, 0, false, 0),
		PORT("0000:01:00.0", "0000:00:01.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:00.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, ACS_PORT, 0, false, 0),
		ENDPOINT("0000:03:00.0", "0000:02:00.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0 01:00.0 02:00.0 03:00.0\n");
	assert_reason("0000:03:00.0", "no-acs-capability 0000:00:01.0");
}

static void conventional_buses(void **unused)
{
	static const struct made_function functions[] = {
		PCI_BRIDGE("0000:00:07.0", NULL, PCIE_TO_PCI_BRIDGE),
		PLAIN("0000:01:01.0", "0000:00:07.0", false, 0),
		PCI_BRIDGE("0000:01:03.0", "0000:00:07.0", CONVENTIONAL),
		PLAIN("0000:02:01.0", "0000:01:03.0", false, 0),
		PCI_BRIDGE("0000:00:1e.0", NULL, CONVENTIONAL),
		PLAIN("0000:03:00.0", "0000:00:1e.0", false, 0),
		ROOT_PORT("0000:00:08.0", ACS_PORT, 0, false, 0),
		PCI_BRIDGE("0000:04:00.0", "0000:00:08.0", PCIE_TO_PCI_BRIDGE),
		PLAIN("0000:05:00.0", "0000:04:00.0", false, 0),
		PLAIN("0000:05:01.0", "0000:04:00.0", false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:07.0 01:01.0 01:03.0 02:01.0\n00:08.0\n00:1e.0 03:00.0\n"
			 "04:00.0 05:00.0 05:01.0\n");
	assert_reason("0000:01:01.0", "conventional-pci-bridge 0000:00:07.0: PCIe-to-PCI bridge");
	assert_reason("0000:02:01.0", "conventional-pci-bridge 0000:01:03.0: conventional PCI");
}

static void ports_of_one_slot(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:09.0", ACS_PORT, 0, true, 0),
		ROOT_PORT("0000:00:09.1", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:09.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:09.1", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:09.0\n00:09.1\n01:00.0\n02:00.0\n");
	functions[1].acs = NO_ACS; /* one without is alone in its slot */
	PREDICT(functions);
	assert_partition("00:09.0\n00:09.1 02:00.0\n01:00.0\n");
	functions[0].acs = NO_ACS;
	PREDICT(functions);
	assert_partition("00:09.0 00:09.1 01:00.0 02:00.0\n");
	assert_reason("0000:00:09.1", "multifunction-without-acs 0000:00:09.0: root port");
	assert_reason("0000:02:00.0", "no-acs-capability 0000:00:09.1");
}

static void functions_of_one_card(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, true, 0),
		ENDPOINT("0000:01:00.1", "0000:00:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.2", "0000:00:01.0", 0x00, 0, true, 0),
		ENDPOINT("0000:01:00.3", "0000:00:01.0", NO_ACS, 0, true, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0\n01:00.0 01:00.1 01:00.3\n01:00.2\n");
	assert_reason("0000:01:00.3", "multifunction-without-acs 0000:01:00.0: PCIe endpoint");
}

static void virtual_functions_are_alone(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, true, 0),
		ENDPOINT("0000:01:00.1", "0000:00:01.0", NO_ACS, 0, false, 0),
		ENDPOINT("0000:01:00.2", "0000:00:01.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	tree_link(tree, "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.2/physfn",
		  "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0");
	predict_again();
	assert_partition("00:01.0\n01:00.0 01:00.1\n01:00.2\n");
}

static void with_the_iommu_on_the_control_word_counts(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", 0x13, 0x11, false, 1), /* lacking bits count as set */
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, false, 2),
		ROOT_PORT("0000:00:02.0", 0x1f, 0x11, false, 3),
		ENDPOINT("0000:02:00.0", "0000:00:02.0", NO_ACS, 0, false, 3),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0\n00:02.0 02:00.0\n01:00.0\n");
	assert_reason("0000:02:00.0", "acs-disabled 0000:00:02.0: root port whose ACS");
	assert_int_equal(prediction_compare(&prediction), PREDICTION_MATCHES);
	functions[3].group = 4;
	PREDICT(functions);
	assert_int_equal(prediction_compare(&prediction), PREDICTION_DIFFERS);
	functions[1].group = functions[0].group;
	functions[3].group = functions[2].group;
	PREDICT(functions);
	assert_int_equal(prediction_compare(&prediction), PREDICTION_DIFFERS);
}

/* What no IOMMU covers has no group, and brings nobody into one. */
static void uncovered_functions_are_left_out(void **unused)
{
	static const struct made_function functions[] = {
		PLAIN("0000:00:02.0", NULL, true, 0),
		PLAIN("0000:00:02.1", NULL, false, 1),
		PCI_BRIDGE("0000:00:1e.0", NULL, CONVENTIONAL),
		PLAIN("0000:01:00.0", "0000:00:1e.0", false, 2),
		PLAIN("0000:01:01.0", "0000:00:1e.0", false, 3),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:02.1\n01:00.0\n01:01.0\n");
	assert_int_equal(prediction_compare(&prediction), PREDICTION_MATCHES);
}

static void amd_host_bridge_and_iommu_have_no_group(void **unused)
{
	static const struct made_function functions[] = {
		{ "0000:00:00.0", NULL, 0x1022, 0x1630, 0x060000, CONVENTIONAL, NO_ACS, 0, true, 0 },
		{ "0000:00:00.2", NULL, 0x1022, 0x1631, 0x080600, CONVENTIONAL, NO_ACS, 0, true, 0 },
		{ "0000:00:01.0", NULL, 0x1022, 0x1632, 0x060000, CONVENTIONAL, NO_ACS, 0, true, 0 },
		{ "0000:40:00.0", NULL, 0x1022, 0x1480, 0x060000, CONVENTIONAL, NO_ACS, 0, true, 0 },
		{ "0000:40:00.2", NULL, 0x1022, 0x1481, 0x080600, CONVENTIONAL, NO_ACS, 0, true, 0 },
		{ "0000:60:00.0", NULL, 0x1022, 0x1480, 0x060000, CONVENTIONAL, NO_ACS, 0, true, 0 },
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0\n60:00.0\n");
}

static void a_vmd_domain_is_its_controllers(void **unused)
{
	static const struct made_function functions[] = {
		{ "0000:00:0e.0", NULL, 0x8086, 0x467f, 0x010400, CONVENTIONAL, NO_ACS, 0, false, 0 },
		ROOT_PORT("0000:00:1c.0", ACS_PORT, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	tree_add_function(tree, "10000:e0:06.0", 0x8086, 0x464d, CLASS_BRIDGE, NULL, -1, NULL);
	topology_set_pcie(tree, "10000:e0:06.0", PCIE_ROOT_PORT, ACS_PORT, 0);
	tree_add_function(tree, "10000:e1:00.0", 0x144d, 0xa80a, 0x010802, NULL, -1,
			  "10000:e0:06.0");
	topology_set_pcie(tree, "10000:e1:00.0", PCIE_ENDPOINT, NO_ACS, 0);
	predict_again();
	assert_partition("00:0e.0\n00:1c.0\n10000:e0:06.0\n10000:e1:00.0\n");
	/* The same where the domain's root bus is below the controller. */
	tree_remove(tree, "sys/bus/pci/devices/10000:e0:06.0");
	tree_remove(tree, "sys/bus/pci/devices/10000:e1:00.0");
	tree_link(tree, "sys/bus/pci/devices/10000:e0:06.0",
		  "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0");
	tree_link(tree, "sys/bus/pci/devices/10000:e1:00.0",
		  "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0");
	tree_mkdir(tree, "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0");
	assert_int_equal(renameat(tree_root(tree)->fd, "sys/devices/pci10000:00/10000:e0:06.0",
				  tree_root(tree)->fd,
				  "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0"),
			 0);
	predict_again();
	assert_partition("00:0e.0 10000:e0:06.0 10000:e1:00.0\n00:1c.0\n");
	assert_reason("10000:e1:00.0", "dma-alias 0000:00:0e.0: ");
}

static void devices_that_use_the_address_of_another(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", ACS_PORT, 0, true, 0),
		ENDPOINT("0000:01:00.1", "0000:00:01.0", ACS_PORT, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0\n01:00.0\n01:00.1\n");
	functions[1].vendor = 0x1b4b; /* Marvell, DMA as function 1 */
	functions[1].device = 0x9230;
	PREDICT(functions);
	assert_partition("00:01.0\n01:00.0 01:00.1\n");
	assert_reason("0000:01:00.1", "dma-alias 0000:01:00.0: ");
	functions[1].vendor = 0x10de;
	functions[2].vendor = 0x6766; /* Glenfly, DMA as function 0 */
	functions[2].device = 0x3d40;
	PREDICT(functions);
	assert_partition("00:01.0\n01:00.0 01:00.1\n");
}

/* A downstream port below a root port is an upstream port, which isolates without ACS. */
static void impossible_port_types_are_corrected(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		PORT("0000:01:00.0", "0000:00:01.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:00.0", "0000:01:00.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 0),
		ENDPOINT("0000:03:00.0", "0000:02:00.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_partition("00:01.0\n01:00.0\n02:00.0 03:00.0\n");
	assert_reason("0000:03:00.0", "no-acs-capability 0000:02:00.0: downstream port");
}

static void assert_cmdline(const char *cmdline, const char *release, const char *partition)
{
	tree_write(tree, "proc/cmdline", cmdline);
	if (release)
		tree_write(tree, "proc/sys/kernel/osrelease", release);
	predict_again();
	assert_partition(partition);
}

#define BOTH_APART "00:01.0\n00:02.0\n01:00.0\n02:00.0\n"
#define FIRST_JOIN "00:01.0 01:00.0\n00:02.0\n02:00.0\n"
#define BOTH_JOIN  "00:01.0 01:00.0\n00:02.0 02:00.0\n"

/* pci=disable_acs_redir= and pci=config_acs= keep off what the kernel else would switch on. */
static void the_command_line_keeps_acs_off(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, false, 0),
		ROOT_PORT("0000:00:02.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:02:00.0", "0000:00:02.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_cmdline("quiet\n", NULL, BOTH_APART);
	assert_cmdline("quiet pci=disable_acs_redir=00:01.0\n", NULL, FIRST_JOIN);
	assert_reason("0000:01:00.0", "acs-disabled 0000:00:01.0: root port whose ACS");
	assert_cmdline("pci=noats,disable_acs_redir=0000:00:01.0;00:02.0\n", NULL, BOTH_JOIN);
	assert_cmdline("\"pci=disable_acs_redir=00:01.0;00:02.0\"\n", NULL, BOTH_JOIN);
	assert_cmdline("pci=\"disable_acs_redir=00:01.0;00:02.0\"\n", NULL, BOTH_JOIN);
	assert_cmdline("pci=disable_acs_redir=pci:1b36:000c\n", NULL, BOTH_JOIN);
	assert_cmdline("pci=disable_acs_redir=pci:1b36:0:1234:0\n", NULL, BOTH_APART);
	assert_cmdline("pci=disable_acs_redir=00:01.0/00.0\n", NULL, BOTH_APART); /* the endpoint */
	assert_cmdline("pci=disable_acs_redir=0001:00:01.0\n", NULL, BOTH_APART);
	assert_cmdline("pci=disable_acs_redir=rubbish;00:01.0\n", NULL, BOTH_APART);
	assert_cmdline("pci=disable_acs_redir=00:01.0 pci=disable_acs_redir=00:03.0\n", NULL,
		       BOTH_APART);
	assert_cmdline("pci=config_acs=xx0xx@00:01.0\n", NULL, FIRST_JOIN);
	assert_cmdline("pci=config_acs=xx0xx@00:01.0\n", "6.12.107-amd64\n", FIRST_JOIN);
	assert_cmdline("pci=config_acs=xx0xx@00:01.0\n", "6.1.0-56-amd64\n", BOTH_APART);
	assert_cmdline("pci=config_acs=0xxxx@00:01.0;xxxx0@00:02.0\n", "7.1.8\n", BOTH_JOIN);
	assert_cmdline("pci=config_acs=10xxxxx@00:01.0\n", NULL, BOTH_APART); /* EC, DT: not needed */
	assert_cmdline("pci=config_acs=2@00:01.0;0@00:02.0\n", NULL, BOTH_APART);
	assert_cmdline("pci=disable_acs_redir=00:01.0;00:02.0,config_acs=11xx@00:02.0\n", NULL,
		       FIRST_JOIN);
	/* With the IOMMU on, the control word shows what came of it. */
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		functions[i].control = ACS_PORT_ON;
		functions[i].group = (int)i + 1;
	}
	PREDICT(functions);
	assert_cmdline("pci=disable_acs_redir=00:01.0\n", NULL, BOTH_APART);
}

/* A path of devices below one another, and a capability that lacks what is kept off. */
static void the_command_line_goes_down_a_path(void **unused)
{
	struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		PORT("0000:01:00.0", "0000:00:01.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, false, 0),
		PORT("0000:02:03.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, ACS_PORT, 0, false, 0),
		ENDPOINT("0000:03:00.0", "0000:02:03.0", NO_ACS, 0, false, 0),
	};

	(void)unused;
	PREDICT(functions);
	assert_cmdline("pci=disable_acs_redir=00:01.0/00.0/03.0\n", NULL,
		       "00:01.0\n01:00.0\n02:03.0 03:00.0\n");
	assert_cmdline("pci=disable_acs_redir=00:01.0/00.0/04.0\n", NULL,
		       "00:01.0\n01:00.0\n02:03.0\n03:00.0\n");
	functions[2].acs = 0x13; /* no redirect to keep off: wired on */
	PREDICT(functions);
	assert_cmdline("pci=disable_acs_redir=02:03.0\n", NULL,
		       "00:01.0\n01:00.0\n02:03.0\n03:00.0\n");
}

/* Older Intel chipsets have no ACS; the kernel gives it to them, if it can reach their registers. */
static void root_ports_of_older_chipsets(void **unused)
{
	static const struct made_function functions[] = {
		{ "0000:00:1c.0", NULL, 0x8086, 0x1c10, CLASS_BRIDGE, PCIE_ROOT_PORT, NO_ACS, 0, false,
		  0 },
		{ "0000:00:1f.0", NULL, 0x8086, 0x1c4c, 0x060100, CONVENTIONAL, NO_ACS, 0, false, 0 },
		ENDPOINT("0000:01:00.0", "0000:00:1c.0", NO_ACS, 0, false, 0),
	};
	static const uint8_t open[] = { 0x01, 0xc0, 0xd1, 0xfe }, closed[] = { 0, 0xc0, 0xd1, 0xfe };

	(void)unused;
	PREDICT(functions);
	assert_partition("00:1c.0\n00:1f.0\n01:00.0\n");
	assert_reason("0000:00:1c.0", "acs-quirk 0000:00:1c.0: root port that isolates without the "
				      "ACS it would need if the kernel can program the chipset");
	assert_true(prediction.complete);
	tree_set_config(tree, "0000:00:1f.0", 0xf0, open, sizeof(open));
	predict_again();
	assert_partition("00:1c.0\n00:1f.0\n01:00.0\n");
	assert_reason("0000:00:1c.0", "the kernel has it on a list");
	tree_set_config(tree, "0000:00:1f.0", 0xf0, closed, sizeof(closed));
	predict_again();
	assert_partition("00:1c.0 01:00.0\n00:1f.0\n");
	assert_reason("0000:01:00.0", "acs-quirk 0000:00:1c.0: root port that does not isolate");
}

static void what_cannot_be_read_is_unknown(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, ACS_PORT_ON, false, 1),
		ENDPOINT("0000:01:00.0", "0000:00:01.0", NO_ACS, 0, false, 2),
		ROOT_PORT("0000:00:02.0", ACS_PORT, ACS_PORT_ON, false, 3),
		ENDPOINT("0000:02:00.0", "0000:00:02.0", NO_ACS, 0, true, 4),
		ENDPOINT("0000:02:00.1", "0000:00:02.0", NO_ACS, 0, true, 4),
	};

	(void)unused;
	PREDICT(functions);
	tree_cut_config(tree, "0000:00:01.0", 64);
	tree_cut_config(tree, "0000:02:00.1", 64);
	predict_again();
	assert_false(prediction.complete);
	assert_int_equal(prediction_compare(&prediction), PREDICTION_UNKNOWN);
	assert_reason("0000:01:00.0", "unknown 0000:00:01.0: bridge whose configuration space");
	assert_reason("0000:02:00.0", "unknown 0000:02:00.1: device whose configuration space");
	assert_reason("0000:02:00.1", "unknown 0000:02:00.1: ");
	assert_reason("0000:00:01.0", ""); /* alone in its slot, whatever it is */
	assert_reason("0000:00:02.0", "");
}

/* Links that lead in a circle, in a damaged capture, are no endless loop. */
static void circles_are_cut(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, 0, false, 0),
		ROOT_PORT("0000:00:02.0", ACS_PORT, 0, false, 0),
		ENDPOINT("0000:01:00.0", "0000:00:02.0", NO_ACS, 0, false, 0),
	};
	struct pci_function *items;

	(void)unused;
	PREDICT(functions);
	items = host.functions.items;
	items[0].has_parent = items[1].has_parent = true;
	items[0].parent = items[1].addr;
	items[1].parent = items[0].addr;
	prediction_release(&prediction);
	predict_groups(&host, &prediction);
	assert_int_equal(prediction.group_of[2] < prediction.group_count, true);
}

/* 16 switches of 256 ports in all: more by far than any host has. */
static void four_thousand_functions_are_quick(void **unused)
{
	static struct made_function functions[4096];
	static char names[4096][16];
	struct timespec begin, end;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		snprintf(names[i], sizeof(names[i]), "0000:%02zx:%02zx.%zx", i / 256, i / 8 % 32, i % 8);
		functions[i] = (struct made_function)ROOT_PORT(names[i], NO_ACS, 0, true, 0);
	}
	PREDICT(functions);
	prediction_release(&prediction);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	predict_groups(&host, &prediction);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(prediction.group_count, 512);
	assert_true(end.tv_sec - begin.tv_sec < 2);
}

#define a_test(function) cmocka_unit_test_setup_teardown(function, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test(ports_with_acs_and_without),
		a_test(a_switch_without_acs),
		a_test(a_good_switch_below_a_bad_port),
		a_test(conventional_buses),
		a_test(ports_of_one_slot),
		a_test(functions_of_one_card),
		a_test(virtual_functions_are_alone),
		a_test(with_the_iommu_on_the_control_word_counts),
		a_test(uncovered_functions_are_left_out),
		a_test(amd_host_bridge_and_iommu_have_no_group),
		a_test(a_vmd_domain_is_its_controllers),
		a_test(devices_that_use_the_address_of_another),
		a_test(impossible_port_types_are_corrected),
		a_test(the_command_line_keeps_acs_off),
		a_test(the_command_line_goes_down_a_path),
		a_test(root_ports_of_older_chipsets),
		a_test(what_cannot_be_read_is_unknown),
		a_test(circles_are_cut),
		a_test(four_thousand_functions_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
