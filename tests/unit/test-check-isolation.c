/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check tells of who can reach a card past the IOMMU. */
#include "support/hosts.h"
#include "support/judged.h"
#include "support/topology.h"

static struct judged j;

static int finish(void **unused)
{
	(void)unused;
	judged_release(&j);
	j = (struct judged){ 0 };
	return 0;
}

/* What check finds for the device with this address; cmdline NULL: nothing is told the kernel. */
static void judge(const struct made_function *functions, size_t count, const char *device,
		  const char *cmdline)
{
	struct error err;

	finish(NULL);
	j = (struct judged){ .tree = topology_make(functions, count), .device = device };
	if (cmdline)
		tree_write(j.tree, "proc/cmdline", cmdline);
	host_look(j.tree, &j.host);
	target_add(&j.targets, &j.host, device);
	assert_ok(host_discover_rest(&j.host, &err), err);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
}

#define JUDGE(functions, device) judge(functions, ARRAY_SIZE(functions), device, NULL)

static void assert_none(const char *id)
{
	for (size_t i = 0; i < j.findings.count; i++)
		if (strcmp(finding_kinds[j.findings.items[i].id].id, id) == 0)
			fail_msg("found: %s: %s", id, j.findings.items[i].message);
}

static void assert_found(const char *id, const char *subject, const char *message,
			 const char *remedy)
{
	const struct finding *f = judged_find(&j, id, subject);

	assert_string_equal(f->message, message);
	assert_contains(f->remedy, remedy);
}

#define ROOT_PORT(addr, acs, control, group) \
	{ addr, NULL, 0x1b36, 0x000c, CLASS_BRIDGE, PCIE_ROOT_PORT, acs, control, false, group }
#define SWITCH_PORT(addr, above, type, acs, control, group) \
	{ addr, above, 0x104c, 0x8232, CLASS_BRIDGE, type, acs, control, false, group }
#define CARD(addr, above, group) \
	{ addr, above, 0x1002, 0x5159, 0x030000, PCIE_LEGACY_ENDPOINT, NO_ACS, 0, false, group }

static void a_group_that_is_as_the_rule_has_it(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, ACS_PORT_ON, 1),
		CARD("0000:01:00.0", "0000:00:01.0", 2),
		ROOT_PORT("0000:00:02.0", NO_ACS, 0, 3),
		CARD("0000:02:00.0", "0000:00:02.0", 3),
	};

	(void)unused;
	JUDGE(functions, "01:00.0");
	assert_none("prediction-differs");
	assert_none("switch-without-acs");
	assert_none("group-would-widen");
	JUDGE(functions, "02:00.0");
	assert_none("prediction-differs");
}

static void a_group_that_is_smaller_than_the_rule_has_it(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, ACS_PORT_ON, 1),
		CARD("0000:01:00.0", "0000:00:01.0", 2),
		ROOT_PORT("0000:00:02.0", NO_ACS, 0, 3),
		CARD("0000:02:00.0", "0000:00:02.0", 4),
	};

	(void)unused;
	JUDGE(functions, "02:00.0");
	assert_found("prediction-differs", "group 3",
		     "the kernel keeps 0000:00:02.0 out of this group, though nothing in the "
		     "hardware keeps them apart; likely because of a kernel that is patched or newer "
		     "than this rule, or ACS that was switched off after boot",
		     "give 0000:00:02.0 to the same guest");
	judge(functions, ARRAY_SIZE(functions), "02:00.0", "quiet pcie_acs_override=downstream\n");
	assert_found("prediction-differs", "group 3",
		     "the kernel keeps 0000:00:02.0 out of this group, though nothing in the "
		     "hardware keeps them apart; likely because of pcie_acs_override=downstream",
		     "pcie_acs_override=downstream");
	JUDGE(functions, "01:00.0"); /* the card that the difference is not about */
	assert_none("prediction-differs");
}

static void a_group_that_is_larger_than_the_rule_has_it(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:01.0", ACS_PORT, ACS_PORT_ON, 1),
		CARD("0000:01:00.0", "0000:00:01.0", 1),
	};

	(void)unused;
	JUDGE(functions, "01:00.0");
	assert_found("prediction-differs", "group 0",
		     "the kernel has 0000:00:01.0 in this group, though the hardware keeps them "
		     "apart; likely because of firmware or a kernel that switched ACS on only later, "
		     "or a kernel older or newer than this rule",
		     "go by the kernel's group");
}

/* What cannot be read is no difference. */
static void a_group_that_cannot_be_predicted(void **unused)
{
	static const struct made_function functions[] = {
		ROOT_PORT("0000:00:02.0", NO_ACS, 0, 3),
		CARD("0000:02:00.0", "0000:00:02.0", 4),
	};
	struct error err;

	(void)unused;
	JUDGE(functions, "02:00.0");
	judged_find(&j, "prediction-differs", "group 3");
	tree_cut_config(j.tree, "0000:00:02.0", 64);
	finding_list_release(&j.findings);
	assert_ok(host_discover_rest(&j.host, &err), err);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
	assert_none("prediction-differs");
}

/* A switch as QEMU has it: each port and its card apart, though nothing keeps them so. */
static struct made_function bare_switch[] = {
	ROOT_PORT("0000:00:06.0", ACS_PORT, ACS_PORT_ON, 1),
	SWITCH_PORT("0000:01:00.0", "0000:00:06.0", PCIE_UPSTREAM_PORT, NO_ACS, 0, 2),
	SWITCH_PORT("0000:02:01.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, 3),
	SWITCH_PORT("0000:02:02.0", "0000:01:00.0", PCIE_DOWNSTREAM_PORT, NO_ACS, 0, 4),
	CARD("0000:03:00.0", "0000:02:01.0", 3),
	CARD("0000:04:00.0", "0000:02:02.0", 4),
};

static void a_switch_without_acs(void **unused)
{
	(void)unused;
	JUDGE(bare_switch, "03:00.0");
	assert_none("prediction-differs");
	assert_found("switch-without-acs", "0000:03:00.0",
		     "ports of the switch that it is behind have no ACS (0000:02:01.0, "
		     "0000:02:02.0), so that it and what is behind its other ports (0000:04:00.0) "
		     "can reach each other past the IOMMU, whatever the groups say",
		     "a slot that shares no switch");
	assert_found("group-would-widen", "group 2",
		     "a rule proposed for Linux makes a switch without ACS one group, which would "
		     "add 0000:02:02.0, 0000:04:00.0",
		     "a slot that shares no switch");
}

static void a_switch_with_acs_at_all_ports_or_with_one_port(void **unused)
{
	struct made_function functions[ARRAY_SIZE(bare_switch)];

	(void)unused;
	memcpy(functions, bare_switch, sizeof(functions));
	functions[2].acs = functions[3].acs = ACS_PORT;
	functions[2].control = functions[3].control = ACS_PORT_ON;
	functions[4].group = 5;
	functions[5].group = 6;
	JUDGE(functions, "03:00.0");
	assert_none("prediction-differs");
	assert_none("switch-without-acs");
	assert_none("group-would-widen");
	judge(bare_switch, 3, "02:01.0", NULL);
	assert_none("switch-without-acs");
	assert_none("group-would-widen");
}

/* It takes only one port without: what is behind that reaches the others. */
static void a_switch_with_one_port_without_acs(void **unused)
{
	struct made_function functions[ARRAY_SIZE(bare_switch)];

	(void)unused;
	memcpy(functions, bare_switch, sizeof(functions));
	functions[2].acs = ACS_PORT;
	functions[2].control = ACS_PORT_ON;
	functions[4].group = 5;
	JUDGE(functions, "03:00.0");
	assert_contains(judged_find(&j, "switch-without-acs", "0000:03:00.0")->message,
			"have no ACS (0000:02:02.0), so that");
	assert_contains(judged_find(&j, "group-would-widen", "group 4")->message,
			"which would add 0000:02:01.0, 0000:02:02.0, 0000:04:00.0");
}

/* Where the port above the switch lacks ACS too, the group says it all. */
static void a_switch_that_is_one_group_already(void **unused)
{
	struct made_function functions[ARRAY_SIZE(bare_switch)];

	(void)unused;
	memcpy(functions, bare_switch, sizeof(functions));
	functions[0].acs = NO_ACS;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		functions[i].group = 1;
	JUDGE(functions, "03:00.0");
	assert_none("switch-without-acs");
	assert_none("group-would-widen");
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		functions[i].group = 0; /* the same with the IOMMU off, for what would be */
	JUDGE(functions, "03:00.0");
	assert_none("switch-without-acs");
}

#define a_test(function) cmocka_unit_test_teardown(function, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test(a_group_that_is_as_the_rule_has_it),
		a_test(a_group_that_is_smaller_than_the_rule_has_it),
		a_test(a_group_that_is_larger_than_the_rule_has_it),
		a_test(a_group_that_cannot_be_predicted),
		a_test(a_switch_without_acs),
		a_test(a_switch_with_acs_at_all_ports_or_with_one_port),
		a_test(a_switch_with_one_port_without_acs),
		a_test(a_switch_that_is_one_group_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
