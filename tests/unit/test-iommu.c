/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/iommu.h"
#include "support/hosts.h"
#include "support/test.h"

#define UNSAFE "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"

static struct tree *tree;

static int make_tree(void **unused)
{
	(void)unused;
	tree = tree_new();
	return 0;
}

static int free_tree(void **unused)
{
	(void)unused;
	tree_free(tree);
	return 0;
}

/* Both directories are there, and empty, on a host whose IOMMU is off. */
static void a_host_without_an_iommu_has_none_and_no_groups(void **unused)
{
	struct iommu iommu;

	(void)unused;
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_false(iommu.active);
	assert_null(iommu.kind);
	assert_int_equal(iommu.group_count, 0);
	assert_null(iommu_find_group(&iommu, 0));
	assert_null(iommu_find_group(&iommu, -1));
	iommu_release(&iommu);
}

static void a_tree_without_sysfs_has_no_iommu_either(void **unused)
{
	struct iommu iommu;

	(void)unused;
	tree_remove(tree, "sys");
	tree_remove(tree, "proc");
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_false(iommu.active);
	assert_int_equal(iommu.group_count, 0);
	assert_int_equal(iommu.remapping, REMAPPING_UNKNOWN);
	iommu_release(&iommu);
}

static void the_kind_is_told_by_the_names_of_the_units(void **unused)
{
	static const char *const units[][2] = {
		{ "dmar0", "intel" },   { "ivhd0", "amd" },
		{ "virtio2", "virtio" }, { "smmu3.0x0000000009050000", "smmu" },
		{ "s390-iommu.0", "other" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct iommu iommu;

		tree_set_iommu_active(tree, units[i][0]);
		iommu_read(tree_root(tree), &iommu);
		iommu_read_groups(tree_root(tree), &iommu);
		assert_true(iommu.active);
		assert_string_equal(iommu.kind, units[i][1]);
		iommu_release(&iommu);
		tree_remove(tree, "sys/class/iommu");
	}
}

static enum interrupt_remapping remapping_with(const char *interrupts)
{
	enum interrupt_remapping remapping;
	struct iommu iommu;

	tree_set_interrupts(tree, interrupts);
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	remapping = iommu.remapping;
	iommu_release(&iommu);
	return remapping;
}

/* Linux 6.1 has IR-PCI-MSI, newer ones IR-PCI-MSI-<function>; IR-IO-APIC on both. */
static void remapping_shows_in_the_names_of_the_interrupt_chips(void **unused)
{
	(void)unused;
	tree_set_iommu_active(tree, "dmar0");
	assert_int_equal(remapping_with("  8:  0  IR-IO-APIC   8-edge  rtc0\n"), REMAPPING_ON);
	assert_int_equal(remapping_with(" 24:  0  IR-PCI-MSI 65536-edge  xhci\n"), REMAPPING_ON);
	assert_int_equal(remapping_with(" 24:  0  IR-PCI-MSIX-0000:01:00.0 0-edge  xhci\n"),
			 REMAPPING_ON);
	assert_int_equal(remapping_with("  8:  0  IO-APIC   8-edge  rtc0\n"), REMAPPING_OFF);
	assert_int_equal(remapping_with(" 24:  0  PCI-MSI  65536-edge  STIR-PCI-MSI\n"),
			 REMAPPING_OFF);
}

/* Interrupt remapping does not depend on DMA remapping. */
static void remapping_can_be_on_where_the_iommu_is_off(void **unused)
{
	(void)unused;
	assert_int_equal(remapping_with("  8:  0  IR-IO-APIC   8-edge  rtc0\n"), REMAPPING_ON);
	assert_int_equal(remapping_with("  8:  0  IO-APIC   8-edge  rtc0\n"), REMAPPING_UNKNOWN);
}

static void on_other_hosts_than_x86_remapping_is_not_known(void **unused)
{
	(void)unused;
	tree_set_iommu_active(tree, "smmu3.0x0000000009050000");
	assert_int_equal(remapping_with(" 24:  0  ITS-PCI-MSI  0-edge  xhci\n"),
			 REMAPPING_UNKNOWN);
}

static bool unsafe_with(const char *value)
{
	struct iommu iommu;
	bool unsafe;

	tree_write(tree, UNSAFE, value);
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	unsafe = iommu.unsafe_interrupts;
	iommu_release(&iommu);
	return unsafe;
}

static void unsafe_interrupts_are_a_parameter_of_type1(void **unused)
{
	struct iommu iommu;

	(void)unused;
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_false(iommu.unsafe_interrupts);
	iommu_release(&iommu);
	assert_true(unsafe_with("Y\n"));
	assert_false(unsafe_with("N\n"));
}

static void groups_are_sorted_by_number_with_their_members_in_order(void **unused)
{
	const struct iommu_group *group;
	struct iommu iommu;

	(void)unused;
	tree_add_function(tree, "0000:02:00.0", 1, 1, 0x020000, NULL, 10, NULL);
	tree_add_function(tree, "0000:01:00.1", 1, 1, 0x020000, NULL, 9, NULL);
	tree_add_function(tree, "10000:01:00.0", 1, 1, 0x020000, NULL, 9, NULL);
	tree_add_function(tree, "0000:01:00.0", 1, 1, 0x020000, NULL, 9, NULL);
	tree_add_group(tree, 2, "identity", "");
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_int_equal(iommu.group_count, 3);
	assert_int_equal(iommu.groups[0].id, 2);
	assert_int_equal(iommu.groups[1].id, 9);
	assert_int_equal(iommu.groups[2].id, 10);
	group = iommu_find_group(&iommu, 9);
	assert_ptr_equal(group, &iommu.groups[1]);
	assert_int_equal(group->member_count, 3);
	assert_string_equal(pci_addr_text(group->members[0]).text, "0000:01:00.0");
	assert_string_equal(pci_addr_text(group->members[1]).text, "0000:01:00.1");
	assert_string_equal(pci_addr_text(group->members[2]).text, "10000:01:00.0");
	assert_string_equal(group->type, "DMA");
	assert_string_equal(iommu.groups[0].type, "identity");
	assert_int_equal(iommu.groups[0].member_count, 0);
	assert_null(iommu_find_group(&iommu, 3));
	iommu_release(&iommu);
}

static void a_member_that_is_no_pci_function_is_left_out(void **unused)
{
	struct iommu iommu;

	(void)unused;
	tree_add_function(tree, GPU, 1, 1, 0x030000, NULL, 1, NULL);
	tree_mkdir(tree, "sys/devices/platform/fb000000.dma");
	tree_link(tree, "sys/kernel/iommu_groups/1/devices/fb000000.dma",
		  "sys/devices/platform/fb000000.dma");
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_int_equal(iommu.groups[0].member_count, 1);
	iommu_release(&iommu);
}

static bool is_direct(const char *reserved, size_t expected_lines)
{
	struct iommu iommu;
	bool direct;

	tree_add_group(tree, 1, "DMA", reserved);
	iommu_read(tree_root(tree), &iommu);
	iommu_read_groups(tree_root(tree), &iommu);
	assert_int_equal(iommu.groups[0].reserved.count, expected_lines);
	direct = iommu.groups[0].has_direct;
	iommu_release(&iommu);
	return direct;
}

static void only_a_region_of_kind_direct_is_direct(void **unused)
{
	(void)unused;
	assert_false(is_direct("", 0));
	assert_false(is_direct("0x00000000fee00000 0x00000000feefffff msi\n", 1));
	assert_false(is_direct("0x00000000000c0000 0x00000000000dffff direct-relaxable\n", 1));
	assert_false(is_direct("0x00000000000c0000 0x00000000000dffff reserved\n", 1));
	assert_true(is_direct("0x00000000000c0000 0x00000000000dffff direct\n", 1));
	assert_true(is_direct("0x00000000000c0000 0x00000000000dffff direct\n"
			      "0x00000000fee00000 0x00000000feefffff msi\n", 2));
}

/* A host with hundreds of processors has lines of kilobytes. */
static void interrupts_of_a_large_host_are_read_to_the_end(void **unused)
{
	size_t size = 3 << 20;
	char *text = test_malloc(size);

	(void)unused;
	memset(text, ' ', size);
	strcpy(text + size - 64, "\n 24: 0 IR-PCI-MSI radeon\n");
	assert_int_equal(remapping_with(text), REMAPPING_ON);
	test_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(a_host_without_an_iommu_has_none_and_no_groups),
		WITH_TREE(a_tree_without_sysfs_has_no_iommu_either),
		WITH_TREE(the_kind_is_told_by_the_names_of_the_units),
		WITH_TREE(remapping_shows_in_the_names_of_the_interrupt_chips),
		WITH_TREE(remapping_can_be_on_where_the_iommu_is_off),
		WITH_TREE(on_other_hosts_than_x86_remapping_is_not_known),
		WITH_TREE(unsafe_interrupts_are_a_parameter_of_type1),
		WITH_TREE(groups_are_sorted_by_number_with_their_members_in_order),
		WITH_TREE(a_member_that_is_no_pci_function_is_left_out),
		WITH_TREE(only_a_region_of_kind_direct_is_direct),
		WITH_TREE(interrupts_of_a_large_host_are_read_to_the_end),
	};

	return cmocka_run_group_tests_name("iommu", tests, NULL, NULL);
}
