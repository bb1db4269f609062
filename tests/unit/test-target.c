/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "policy/target.h"
#include "support/hosts.h"
#include "support/test.h"

struct world {
	struct tree *tree;
	struct host host;
	struct targets targets;
	struct error err;
};

static void world_make(struct world *w, struct tree *tree)
{
	*w = (struct world){ .tree = tree };
	host_look(tree, &w->host);
}

static void world_release(struct world *w)
{
	targets_release(&w->targets);
	host_release(&w->host);
	tree_free(w->tree);
}

static void assert_targets(const struct world *w, const char *const *expected, size_t count)
{
	for (size_t i = 0; i < w->targets.count && i < count; i++)
		assert_string_equal(pci_addr_text(w->targets.items[i]->addr).text, expected[i]);
	assert_int_equal(w->targets.count, count);
}

#define ASSERT_TARGETS(w, ...)                                                                     \
	do {                                                                                       \
		static const char *const expected_[] = { __VA_ARGS__ };                            \
		assert_targets((w), expected_, ARRAY_SIZE(expected_));                             \
	} while (0)

static void an_address_names_one_function_with_or_without_its_domain(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_two_radeons());
	target_add(&w.targets, &w.host, "01:00.0");
	ASSERT_TARGETS(&w, GPU);
	target_add(&w.targets, &w.host, "0000:02:00.1");
	ASSERT_TARGETS(&w, GPU, AUDIO2);
	world_release(&w);
}

static void a_slot_names_all_its_functions(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_two_radeons());
	target_add(&w.targets, &w.host, "02:00");
	ASSERT_TARGETS(&w, GPU2, AUDIO2);
	world_release(&w);
}

static void ids_name_the_one_device_that_has_them(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_radeon());
	target_add(&w.targets, &w.host, "1002:aa38");
	ASSERT_TARGETS(&w, AUDIO);
	target_add(&w.targets, &w.host, "1002:AA38");
	ASSERT_TARGETS(&w, AUDIO);
	world_release(&w);
}

static void ids_that_two_devices_have_are_refused_and_both_named(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_two_radeons());
	assert_int_equal(targets_add_device(&w.targets, &w.host, "1002:5159", &w.err), -ENOTUNIQ);
	assert_contains(w.err.msg, GPU);
	assert_contains(w.err.msg, GPU2);
	assert_int_equal(w.targets.count, 0);
	world_release(&w);
}

static void ids_of_many_devices_are_refused_without_running_over(void **unused)
{
	struct tree *tree = tree_new();
	struct world w;

	(void)unused;
	for (int i = 0; i < 32; i++) {
		char addr[PCI_ADDR_TEXT];

		snprintf(addr, sizeof(addr), "0000:00:%02x.0", i);
		tree_add_function(tree, addr, 0x8086, 0x1234, 0x088000, NULL, -1, NULL);
	}
	world_make(&w, tree);
	assert_int_equal(targets_add_device(&w.targets, &w.host, "8086:1234", &w.err), -ENOTUNIQ);
	assert_contains(w.err.msg, "32 devices");
	assert_contains(w.err.msg, "0000:00:00.0, 0000:00:01.0");
	world_release(&w);
}

static void what_is_not_there_is_no_device(void **unused)
{
	static const char *const absent[] = { "05:00.0", "05:00", "01:00.7", "0001:01:00.0",
					      "dead:beef" };
	struct world w;

	(void)unused;
	world_make(&w, host_with_radeon());
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
		assert_int_equal(targets_add_device(&w.targets, &w.host, absent[i], &w.err),
				 -ENODEV);
		assert_contains(w.err.msg, absent[i]);
	}
	assert_int_equal(w.targets.count, 0);
	world_release(&w);
}

static void what_is_no_address_is_refused(void **unused)
{
	static const char *const malformed[] = { "", "radeon", "1:0.0", "1002:5159:", "01:00.8" };
	struct world w;

	(void)unused;
	world_make(&w, host_with_radeon());
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		assert_int_equal(targets_add_device(&w.targets, &w.host, malformed[i], &w.err),
				 -EINVAL);
	assert_int_equal(w.targets.count, 0);
	world_release(&w);
}

static void a_function_is_a_target_once_and_the_targets_are_sorted(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_two_radeons());
	target_add(&w.targets, &w.host, "02:00.1");
	target_add(&w.targets, &w.host, "01:00");
	target_add(&w.targets, &w.host, "01:00.0");
	target_add(&w.targets, &w.host, "02:00");
	ASSERT_TARGETS(&w, GPU, AUDIO, GPU2, AUDIO2);
	world_release(&w);
}

static void the_companions_of_a_gpu_go_along(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_two_radeons());
	target_add(&w.targets, &w.host, "02:00.0");
	targets_add_companions(&w.targets, &w.host);
	ASSERT_TARGETS(&w, GPU2, AUDIO2);
	world_release(&w);
}

static void only_companions_that_are_held_go_along_with_what_is_given_back(void **unused)
{
	struct tree *tree = host_with_two_radeons();
	struct world w;

	(void)unused;
	tree_write(tree, "run/vfioadm/held/" AUDIO,
		   "address=" AUDIO "\nids=1002:aa38\nsince=1\noverride=\ndriver=snd_hda_intel\n");
	world_make(&w, tree);
	target_add(&w.targets, &w.host, "01:00.0");
	target_add(&w.targets, &w.host, "02:00.0");
	targets_add_held_companions(&w.targets, &w.host);
	ASSERT_TARGETS(&w, GPU, AUDIO, GPU2);
	world_release(&w);
}

static void the_gpu_does_not_go_along_with_its_companion(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w, host_with_radeon());
	target_add(&w.targets, &w.host, "01:00.1");
	targets_add_companions(&w.targets, &w.host);
	ASSERT_TARGETS(&w, AUDIO);
	world_release(&w);
}

static void a_bridge_in_the_slot_does_not_go_along(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_add_function(tree, "0000:01:00.2", 0x1002, 0x1478, 0x060400, "pcieport", 7, PORT);
	world_make(&w, tree);
	target_add(&w.targets, &w.host, "01:00.0");
	targets_add_companions(&w.targets, &w.host);
	ASSERT_TARGETS(&w, GPU, AUDIO);
	world_release(&w);
}

static void members_that_the_host_drives_go_along_with_the_group(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_add_function(tree, "0000:00:1f.0", 0x8086, 0x1, 0x0c0330, "xhci_hcd", GPU_GROUP, NULL);
	tree_add_function(tree, "0000:03:00.0", 0x8086, 0x2, 0x020000, "e1000e", GPU_GROUP, NULL);
	tree_add_function(tree, "0000:03:00.1", 0x8086, 0x3, 0x020000, NULL, GPU_GROUP, NULL);
	tree_add_function(tree, "0000:03:00.2", 0x8086, 0x4, 0x020000, "pci-stub", GPU_GROUP, NULL);
	tree_add_function(tree, "0000:03:00.3", 0x8086, 0x5, 0x060400, "shpchp", GPU_GROUP, NULL);
	tree_add_function(tree, "0000:03:00.4", 0x8086, 0x6, 0x020000, "e1000e", 9, NULL);
	world_make(&w, tree);
	target_add(&w.targets, &w.host, "01:00.0");
	targets_add_group_members(&w.targets, &w.host);
	ASSERT_TARGETS(&w, "0000:00:1f.0", GPU, AUDIO, "0000:03:00.0");
	world_release(&w);
}

static void every_target_brings_its_own_group_along(void **unused)
{
	struct tree *tree = host_with_two_radeons();
	struct world w;

	(void)unused;
	tree_add_function(tree, "0000:00:1e.0", 0x8086, 0x1, 0x0c0330, "xhci_hcd", GPU2_GROUP,
			  NULL);
	tree_add_function(tree, "0000:00:1f.0", 0x8086, 0x2, 0x0c0330, "xhci_hcd", GPU_GROUP, NULL);
	world_make(&w, tree);
	target_add(&w.targets, &w.host, "01:00.0");
	target_add(&w.targets, &w.host, "02:00.0");
	targets_add_group_members(&w.targets, &w.host);
	ASSERT_TARGETS(&w, "0000:00:1e.0", "0000:00:1f.0", GPU, AUDIO, GPU2, AUDIO2);
	world_release(&w);
}

static void functions_without_a_group_bring_nobody_along(void **unused)
{
	struct tree *tree = tree_new();
	struct world w;

	(void)unused;
	tree_add_function(tree, GPU, 0x1002, 0x5159, 0x030000, "radeon", -1, NULL);
	tree_add_function(tree, GPU2, 0x1002, 0x5159, 0x030000, "radeon", -1, NULL);
	world_make(&w, tree);
	target_add(&w.targets, &w.host, "01:00.0");
	targets_add_group_members(&w.targets, &w.host);
	ASSERT_TARGETS(&w, GPU);
	world_release(&w);
}

static void only_drivers_that_leave_dma_alone_leave_a_group_viable(void **unused)
{
	(void)unused;
	assert_true(driver_leaves_group_viable(NULL));
	assert_true(driver_leaves_group_viable("vfio-pci"));
	assert_true(driver_leaves_group_viable("pci-stub"));
	assert_true(driver_leaves_group_viable("pcieport"));
	assert_false(driver_leaves_group_viable("shpchp"));
	assert_false(driver_leaves_group_viable("snd_hda_intel"));
	assert_false(driver_leaves_group_viable("pci-stubs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_names_one_function_with_or_without_its_domain),
		cmocka_unit_test(a_slot_names_all_its_functions),
		cmocka_unit_test(ids_name_the_one_device_that_has_them),
		cmocka_unit_test(ids_that_two_devices_have_are_refused_and_both_named),
		cmocka_unit_test(ids_of_many_devices_are_refused_without_running_over),
		cmocka_unit_test(what_is_not_there_is_no_device),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(a_function_is_a_target_once_and_the_targets_are_sorted),
		cmocka_unit_test(the_companions_of_a_gpu_go_along),
		cmocka_unit_test(only_companions_that_are_held_go_along_with_what_is_given_back),
		cmocka_unit_test(the_gpu_does_not_go_along_with_its_companion),
		cmocka_unit_test(a_bridge_in_the_slot_does_not_go_along),
		cmocka_unit_test(members_that_the_host_drives_go_along_with_the_group),
		cmocka_unit_test(every_target_brings_its_own_group_along),
		cmocka_unit_test(functions_without_a_group_bring_nobody_along),
		cmocka_unit_test(only_drivers_that_leave_dma_alone_leave_a_group_viable),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
