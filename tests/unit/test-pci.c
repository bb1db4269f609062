/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "support/hosts.h"
#include "support/test.h"

static struct tree *tree;
static struct host host;
static struct error err;

static int make_host(void **unused)
{
	(void)unused;
	tree = host_with_radeon();
	return 0;
}

static int free_host(void **unused)
{
	(void)unused;
	host_release(&host);
	tree_free(tree);
	return 0;
}

static const struct pci_function *find(const char *text)
{
	struct pci_addr addr;

	assert_ok(pci_addr_parse(text, &addr, NULL, &err), err);
	return pci_functions_find(&host.functions, addr);
}

/* Looked at anew; the function must be there. */
static const struct pci_function *look_at(const char *text)
{
	const struct pci_function *f;

	host_look_again(tree, &host);
	f = find(text);
	assert_non_null(f);
	return f;
}

static void a_function_is_read_with_all_that_sysfs_says(void **unused)
{
	const struct pci_function *f = look_at(GPU);

	(void)unused;
	assert_string_equal(pci_addr_text(f->addr).text, GPU);
	assert_int_equal(f->vendor, 0x1002);
	assert_int_equal(f->device, 0x5159);
	assert_int_equal(f->subsystem_vendor, 0x1af4);
	assert_int_equal(f->subsystem_device, 0x1100);
	assert_int_equal(f->class, 0x030000);
	assert_int_equal(f->header_type, PCI_HEADER_ENDPOINT);
	assert_string_equal(f->driver, "radeon");
	assert_string_equal(f->module, "radeon");
	assert_null(f->driver_override);
	assert_int_equal(f->iommu_group, GPU_GROUP);
	assert_false(f->boot_vga);
	assert_int_equal(f->numa_node, -1);
	assert_int_equal(f->virtual_functions, 0);
	assert_false(f->locked);
	assert_int_equal(f->reset_methods.count, 2);
	assert_string_equal(f->reset_methods.items[0], "pm");
	assert_string_equal(f->reset_methods.items[1], "bus");
	assert_string_equal(f->power_state, "D0");
}

static void what_sysfs_does_not_say_is_none(void **unused)
{
	static const char *const optional[] = {
		"driver", "iommu_group", "reset_method", "numa_node", "power_state", "boot_vga",
		"driver_override", "subsystem_vendor", "subsystem_device",
	};
	const struct pci_function *f;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		tree_unset(tree, GPU, optional[i]);
	f = look_at(GPU);
	assert_null(f->driver);
	assert_null(f->module);
	assert_null(f->driver_override);
	assert_null(f->power_state);
	assert_int_equal(f->iommu_group, -1);
	assert_int_equal(f->numa_node, -1);
	assert_int_equal(f->reset_methods.count, 0);
	assert_int_equal(f->subsystem_vendor, 0);
	assert_false(f->boot_vga);
}

static void an_override_that_is_not_set_reads_null_or_nothing(void **unused)
{
	(void)unused;
	tree_set(tree, GPU, "driver_override", "(null)");
	assert_null(look_at(GPU)->driver_override);
	tree_set(tree, GPU, "driver_override", "");
	assert_null(look_at(GPU)->driver_override);
	tree_set(tree, GPU, "driver_override", "vfio-pci");
	assert_string_equal(look_at(GPU)->driver_override, "vfio-pci");
}

/* The lock of a function is held as long as its driver's remove hangs. */
static void a_function_that_does_not_answer_is_locked_and_the_others_are_read(void **unused)
{
	(void)unused;
	tree_set(tree, AUDIO, "driver_override", "vfio-pci");
	tree_unset(tree, GPU, "driver_override");
	tree_set_fifo(tree, GPU, "driver_override");
	assert_true(look_at(GPU)->locked);
	assert_null(find(GPU)->driver_override);
	assert_false(find(AUDIO)->locked);
	assert_string_equal(find(AUDIO)->driver_override, "vfio-pci");
	assert_true(tree_fifo_was_read(tree, GPU, "driver_override"));
}

static void what_takes_a_lock_is_read_only_when_asked_for(void **unused)
{
	struct host first;

	(void)unused;
	tree_unset(tree, GPU, "driver_override");
	tree_set_fifo(tree, GPU, "driver_override");
	tree_set_fifo(tree, GPU, "sriov_numvfs");
	assert_ok(host_discover(tree_root(tree), HOST_MODULES | HOST_HELD, &first, &err), err);
	host_release(&first);
	assert_false(tree_fifo_was_read(tree, GPU, "driver_override"));
	assert_false(tree_fifo_was_read(tree, GPU, "sriov_numvfs"));
}

static void a_driver_that_is_built_in_has_no_module(void **unused)
{
	const struct pci_function *f = look_at(PORT);

	(void)unused;
	assert_string_equal(f->driver, "pcieport");
	assert_null(f->module);
}

static void numbers_are_read_as_the_kernel_writes_them(void **unused)
{
	const struct pci_function *f;

	(void)unused;
	tree_set(tree, GPU, "numa_node", "1");
	tree_set(tree, GPU, "boot_vga", "1");
	tree_set(tree, GPU, "sriov_numvfs", "7");
	tree_set(tree, GPU, "class", "0x038000");
	f = look_at(GPU);
	assert_int_equal(f->numa_node, 1);
	assert_true(f->boot_vga);
	assert_int_equal(f->virtual_functions, 7);
	assert_int_equal(f->class, 0x038000);
}

static void the_bridge_above_is_the_parent(void **unused)
{
	(void)unused;
	assert_true(look_at(GPU)->has_parent);
	assert_string_equal(pci_addr_text(find(GPU)->parent).text, PORT);
	assert_false(find(PORT)->has_parent);
}

static void functions_are_sorted_and_found_by_address(void **unused)
{
	static const char *const sorted[] = { "0000:00:00.0", SCREEN, PORT, GPU, AUDIO,
					      "0001:00:00.0", "10000:01:00.0" };

	(void)unused;
	tree_add_function(tree, "10000:01:00.0", 1, 2, 0x010802, NULL, -1, NULL);
	tree_add_function(tree, "0001:00:00.0", 1, 2, 0x010802, NULL, -1, NULL);
	host_look_again(tree, &host);
	assert_int_equal(host.functions.count, ARRAY_SIZE(sorted));
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		assert_string_equal(pci_addr_text(host.functions.items[i].addr).text, sorted[i]);
		assert_ptr_equal(find(sorted[i]), &host.functions.items[i]);
	}
	assert_null(find("0000:01:00.2"));
}

static void a_bridge_is_told_by_its_header_type(void **unused)
{
	(void)unused;
	tree_add_function(tree, "0000:05:00.0", 1, 2, 0x060700, NULL, -1, NULL);
	assert_true(pci_function_is_bridge(look_at(PORT)));
	assert_int_equal(find(PORT)->header_type, 1);
	assert_true(pci_function_is_bridge(find("0000:05:00.0")));
	assert_int_equal(find("0000:05:00.0")->header_type, 2);
	assert_false(pci_function_is_bridge(find("0000:00:00.0")));
	assert_false(pci_function_is_bridge(find(GPU)));
	/* Bit 7 says that there are several functions and is no part of the type. */
	assert_int_equal(find(AUDIO)->header_type, PCI_HEADER_ENDPOINT);
}

static void without_its_configuration_a_bridge_is_told_by_its_class(void **unused)
{
	(void)unused;
	tree_unset(tree, PORT, "config");
	tree_unset(tree, GPU, "config");
	tree_unset(tree, "0000:00:00.0", "config");
	assert_int_equal(look_at(PORT)->header_type, PCI_HEADER_UNKNOWN);
	assert_true(pci_function_is_bridge(find(PORT)));
	assert_false(pci_function_is_bridge(find(GPU)));
	assert_false(pci_function_is_bridge(find("0000:00:00.0")));
}

static void every_base_class_03_is_a_display(void **unused)
{
	struct pci_function f = { .class = 0x030000 };

	(void)unused;
	assert_true(pci_function_is_display(&f));
	f.class = 0x030200;
	assert_true(pci_function_is_display(&f));
	f.class = 0x038000;
	assert_true(pci_function_is_display(&f));
	f.class = 0x040300;
	assert_false(pci_function_is_display(&f));
	f.class = 0x120300;
	assert_false(pci_function_is_display(&f));
}

static void a_function_that_vanishes_while_it_is_read_is_left_out(void **unused)
{
	(void)unused;
	tree_unset(tree, AUDIO, "vendor");
	tree_link(tree, "sys/bus/pci/devices/0000:07:00.0", "sys/devices/gone");
	assert_non_null(look_at(GPU));
	assert_null(find(AUDIO));
	assert_null(find("0000:07:00.0"));
}

static void what_is_not_an_address_is_not_a_function(void **unused)
{
	size_t count;

	(void)unused;
	host_look_again(tree, &host);
	count = host.functions.count;
	tree_mkdir(tree, "sys/bus/pci/devices/strange");
	host_look_again(tree, &host);
	assert_int_equal(host.functions.count, count);
}

static void an_empty_bus_is_no_error(void **unused)
{
	(void)unused;
	tree_remove(tree, "sys/bus/pci/devices");
	tree_mkdir(tree, "sys/bus/pci/devices");
	host_look_again(tree, &host);
	assert_int_equal(host.functions.count, 0);
	assert_null(find(GPU));
}

static void a_host_without_pci_is_an_error(void **unused)
{
	struct host none;

	(void)unused;
	tree_remove(tree, "sys/bus");
	assert_true(host_discover(tree_root(tree), 0, &none, &err) < 0);
	assert_contains(err.msg, "pci");
}

static void the_drivers_of_the_bus_are_listed(void **unused)
{
	(void)unused;
	host_look_again(tree, &host);
	assert_true(strv_has(&host.drivers, "radeon"));
	assert_true(strv_has(&host.drivers, "pcieport"));
	assert_false(strv_has(&host.drivers, "vfio-pci"));
}

static void drivers_of_the_vfio_family_are_told_by_name(void **unused)
{
	(void)unused;
	assert_true(pci_driver_is_vfio("vfio-pci"));
	assert_true(pci_driver_is_vfio("mlx5_vfio_pci"));
	assert_true(pci_driver_is_vfio("xe-vfio-pci"));
	assert_true(pci_driver_is_vfio("nvgrace-gpu-vfio-pci"));
	assert_false(pci_driver_is_vfio("radeon"));
	assert_false(pci_driver_is_vfio("pci-stub"));
	assert_false(pci_driver_is_vfio("virtio-pci"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_HOST(test) cmocka_unit_test_setup_teardown(test, make_host, free_host)
		WITH_HOST(a_function_is_read_with_all_that_sysfs_says),
		WITH_HOST(what_sysfs_does_not_say_is_none),
		WITH_HOST(an_override_that_is_not_set_reads_null_or_nothing),
		WITH_HOST(a_function_that_does_not_answer_is_locked_and_the_others_are_read),
		WITH_HOST(what_takes_a_lock_is_read_only_when_asked_for),
		WITH_HOST(a_driver_that_is_built_in_has_no_module),
		WITH_HOST(numbers_are_read_as_the_kernel_writes_them),
		WITH_HOST(the_bridge_above_is_the_parent),
		WITH_HOST(functions_are_sorted_and_found_by_address),
		WITH_HOST(a_bridge_is_told_by_its_header_type),
		WITH_HOST(without_its_configuration_a_bridge_is_told_by_its_class),
		cmocka_unit_test(every_base_class_03_is_a_display),
		WITH_HOST(a_function_that_vanishes_while_it_is_read_is_left_out),
		WITH_HOST(what_is_not_an_address_is_not_a_function),
		WITH_HOST(an_empty_bus_is_no_error),
		WITH_HOST(a_host_without_pci_is_an_error),
		WITH_HOST(the_drivers_of_the_bus_are_listed),
		cmocka_unit_test(drivers_of_the_vfio_family_are_told_by_name),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}
