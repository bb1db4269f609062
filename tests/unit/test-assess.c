/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "policy/assess.h"
#include "support/hosts.h"
#include "support/test.h"

struct world {
	struct tree *tree;
	struct host host;
	struct targets targets;
	struct finding_list findings;
};

static const char *device = "01:00";

/* Holders are looked for as vfioadm does: in the processes, for the targets. */
static void look(struct world *w)
{
	struct pci_addr addrs[16];

	targets_release(&w->targets);
	finding_list_release(&w->findings);
	host_look_again(w->tree, &w->host);
	target_add(&w->targets, &w->host, device);
	assert_true(w->targets.count <= ARRAY_SIZE(addrs));
	for (size_t i = 0; i < w->targets.count; i++)
		addrs[i] = w->targets.items[i]->addr;
	host_discover_holders(&w->host, addrs, w->targets.count);
}

static void judge(struct world *w, enum assess_purpose purpose)
{
	finding_list_release(&w->findings);
	assess(&w->host, &w->targets, purpose, &w->findings);
}

static void world_make(struct world *w)
{
	*w = (struct world){ .tree = host_with_radeon() };
	host_load_vfio(w->tree);
	device = "01:00";
	look(w);
}

static void look_and_judge(struct world *w)
{
	look(w);
	judge(w, ASSESS_BIND);
}

static void world_release(struct world *w)
{
	finding_list_release(&w->findings);
	targets_release(&w->targets);
	host_release(&w->host);
	tree_free(w->tree);
}

/* These findings, about these subjects, and no others; each tells why and what to do. */
static void assert_findings(const struct world *w, const char *const (*expected)[2], size_t count)
{
	for (size_t i = 0; i < w->findings.count && i < count; i++) {
		const struct finding *f = &w->findings.items[i];

		assert_string_equal(finding_kinds[f->id].id, expected[i][0]);
		assert_string_equal(f->subject, expected[i][1]);
		assert_true(*f->message);
		assert_true(*f->remedy);
	}
	assert_int_equal(w->findings.count, count);
}

#define ASSERT_FINDINGS(w, ...)                                                                    \
	do {                                                                                       \
		static const char *const expected_[][2] = { __VA_ARGS__ };                         \
		assert_findings((w), expected_, ARRAY_SIZE(expected_));                            \
	} while (0)

static void a_host_that_is_ready_has_no_findings(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	judge(&w, ASSESS_BIND);
	assert_int_equal(w.findings.count, 0);
	judge(&w, ASSESS_UNBIND);
	assert_int_equal(w.findings.count, 0);
	world_release(&w);
}

static void without_an_iommu_that_is_the_only_finding(void **unused)
{
	struct world w = { .tree = tree_new() };

	(void)unused;
	host_load_vfio(w.tree);
	tree_add_function(w.tree, GPU, 0x1002, 0x5159, 0x030000, "radeon", -1, NULL);
	tree_set_interrupts(w.tree, "  24:   7   PCI-MSI   radeon\n");
	device = GPU;
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "iommu-off", "iommu" });
	world_release(&w);
}

static void a_device_that_the_iommu_does_not_cover_has_no_group(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_unset(w.tree, AUDIO, "iommu_group");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "no-iommu-group", AUDIO });
	world_release(&w);
}

static void a_bridge_is_not_an_endpoint(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	device = PORT;
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "not-an-endpoint", PORT });
	world_release(&w);
}

static void a_member_on_a_host_driver_makes_the_group_not_viable(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_add_function(w.tree, "0000:03:00.0", 0x8086, 0x10d3, 0x020000, "e1000e", GPU_GROUP,
			  NULL);
	tree_add_function(w.tree, "0000:03:00.1", 0x8086, 0x10d4, 0x0c0330, "xhci_hcd", GPU_GROUP,
			  NULL);
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "group-not-viable", "group 3" });
	assert_contains(w.findings.items[0].message, "0000:03:00.0 (e1000e)");
	assert_contains(w.findings.items[0].message, "0000:03:00.1 (xhci_hcd)");
	assert_null(strstr(w.findings.items[0].message, GPU));
	assert_contains(w.findings.items[0].remedy, "--group");
	world_release(&w);
}

static void the_audio_function_left_behind_makes_the_group_not_viable(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	device = GPU;
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "group-not-viable", "group 3" });
	world_release(&w);
}

static void a_member_that_is_a_target_too_does_not_block(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_add_function(w.tree, "0000:03:00.0", 0x8086, 0x10d3, 0x020000, "e1000e", GPU_GROUP,
			  NULL);
	look(&w);
	targets_add_group_members(&w.targets, &w.host);
	assert_int_equal(w.targets.count, 3);
	judge(&w, ASSESS_BIND);
	assert_int_equal(w.findings.count, 0);
	world_release(&w);
}

static void drivers_that_leave_dma_alone_do_not_block(void **unused)
{
	static const char *const drivers[] = { NULL, "vfio-pci", "pci-stub", "mlx5_vfio_pci" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		struct world w;

		world_make(&w);
		tree_add_function(w.tree, "0000:03:00.0", 0x8086, 0x10d3, 0x020000, drivers[i],
				  GPU_GROUP, NULL);
		tree_add_function(w.tree, "0000:00:06.0", 0x1b36, 0x000c, 0x060400, "pcieport",
				  GPU_GROUP, NULL);
		look_and_judge(&w);
		assert_int_equal(w.findings.count, 0);
		world_release(&w);
	}
}

/* shpchp has no driver_managed_dma: unlike pcieport it takes the group for the host. */
static void shpchp_on_a_bridge_blocks_and_group_would_not_help(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_add_function(w.tree, "0000:00:06.0", 0x1b36, 0x0001, 0x060400, "shpchp", GPU_GROUP,
			  NULL);
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "group-not-viable", "group 3" });
	assert_contains(w.findings.items[0].message, "0000:00:06.0 (shpchp)");
	assert_null(strstr(w.findings.items[0].remedy, "--group"));
	world_release(&w);
}

static void what_other_groups_do_is_no_finding(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_add_group(w.tree, 9, "DMA", "0x00000000fed00000 0x00000000fed00fff direct\n");
	tree_add_function(w.tree, "0000:03:00.0", 0x8086, 0x10d3, 0x020000, "e1000e", 9, NULL);
	look_and_judge(&w);
	assert_int_equal(w.findings.count, 0);
	world_release(&w);
}

static void a_direct_region_is_reserved_and_a_relaxable_one_is_not(void **unused)
{
	static const char relaxable[] =
		"0x00000000000c0000 0x00000000000dffff direct-relaxable\n"
		"0x00000000fee00000 0x00000000feefffff msi\n";
	static const char direct[] = "0x00000000000c0000 0x00000000000dffff direct\n"
				     "0x00000000fee00000 0x00000000feefffff msi\n";
	struct world w;

	(void)unused;
	world_make(&w);
	tree_write(w.tree, "sys/kernel/iommu_groups/3/reserved_regions", relaxable);
	look_and_judge(&w);
	assert_int_equal(w.findings.count, 0);
	tree_write(w.tree, "sys/kernel/iommu_groups/3/reserved_regions", direct);
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "reserved-direct", "group 3" });
	world_release(&w);
}

static void without_interrupt_remapping_vfio_refuses_unless_told_otherwise(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set_interrupts(w.tree, "  24:   7   PCI-MSI-0000:01:00.0   radeon\n");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "no-interrupt-remapping", "iommu" });
	tree_write(w.tree, "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "Y\n");
	look_and_judge(&w);
	assert_int_equal(w.findings.count, 0);
	world_release(&w);
}

static void the_firmware_console_is_a_boot_gpu(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set(w.tree, GPU, "boot_vga", "1");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "boot-gpu", GPU });
	world_release(&w);
}

/* Its DRM node has the number of a node that a process has open, whatever the name. */
static void open_the_gpu_node(struct tree *tree, const char *pid)
{
	_cleanup_free_ char *comm = xasprintf("proc/%s/comm", pid);
	_cleanup_free_ char *fd = xasprintf("proc/%s/fd/7", pid);
	_cleanup_free_ char *number = NULL;
	struct stat st;

	assert_int_equal(stat("/dev/null", &st), 0);
	number = xasprintf("%u:%u", major(st.st_rdev), minor(st.st_rdev));
	tree_mkdir(tree, "sys/devices/pci0000:00/" PORT "/" GPU "/drm/card0");
	tree_set(tree, GPU, "drm/card0/dev", number);
	tree_write(tree, comm, "Xorg\n");
	tree_link_outside(tree, fd, "/dev/null");
}

/* Reading sriov_numvfs or driver_override waits for the lock, as opening a FIFO does. */
static void a_device_whose_lock_is_held_is_locked(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_unset(w.tree, AUDIO, "driver_override");
	tree_set_fifo(w.tree, AUDIO, "driver_override");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "device-locked", AUDIO });
	judge(&w, ASSESS_UNBIND);
	ASSERT_FINDINGS(&w, { "device-locked", AUDIO });
	assert_true(tree_fifo_was_read(w.tree, AUDIO, "driver_override"));
	world_release(&w);
}

static void a_process_with_a_node_open_uses_the_device(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	open_the_gpu_node(w.tree, "4242");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "device-in-use", GPU });
	assert_contains(w.findings.items[0].message, "Xorg");
	assert_contains(w.findings.items[0].message, "4242");
	assert_contains(w.findings.items[0].remedy, "stop Xorg");
	/* The kernel cuts names of processes to 15 characters. */
	tree_write(w.tree, "proc/4242/comm", "nvidia-persiste\n");
	look_and_judge(&w);
	assert_contains(w.findings.items[0].remedy, "systemctl stop nvidia-persistenced");
	tree_write(w.tree, "proc/4242/comm", "nvidia-settings\n");
	look_and_judge(&w);
	assert_contains(w.findings.items[0].remedy, "stop nvidia-settings first");
	world_release(&w);
}

static void a_device_in_use_cannot_be_given_back_either(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	open_the_gpu_node(w.tree, "4242");
	tree_set(w.tree, GPU, "boot_vga", "1");
	look(&w);
	judge(&w, ASSESS_UNBIND);
	ASSERT_FINDINGS(&w, { "device-in-use", GPU });
	world_release(&w);
}

static void processes_that_could_not_be_looked_at_are_a_warning(void **unused)
{
	static const struct strv none;
	struct world w;

	(void)unused;
	world_make(&w);
	w.host.holders.complete = false;
	judge(&w, ASSESS_BIND);
	ASSERT_FINDINGS(&w, { "holders-unknown", "processes" });
	assert_null(assess_first_block(&w.findings, &none));
	world_release(&w);
}

static void enabled_virtual_functions_block(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set(w.tree, GPU, "sriov_numvfs", "0");
	look_and_judge(&w);
	assert_int_equal(w.findings.count, 0);
	tree_set(w.tree, GPU, "sriov_numvfs", "2");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "vfs-enabled", GPU });
	assert_contains(w.findings.items[0].message, "2 ");
	world_release(&w);
}

static void a_vfio_module_that_does_not_exist_is_missing(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	w.host.modules[1].state = MODULE_MISSING;
	judge(&w, ASSESS_BIND);
	ASSERT_FINDINGS(&w, { "module-missing", "vfio_iommu_type1" });
	world_release(&w);
}

static void a_vfio_module_that_is_kept_out_is_blacklisted(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	w.host.modules[2].state = MODULE_BLACKLISTED;
	judge(&w, ASSESS_BIND);
	ASSERT_FINDINGS(&w, { "module-blacklisted", "vfio-pci" });
	assert_contains(w.findings.items[0].message, "blacklist line");
	w.host.modules[2].install_command = true;
	judge(&w, ASSESS_BIND);
	assert_contains(w.findings.items[0].message, "install line");
	world_release(&w);
}

static void modules_that_can_be_loaded_are_no_finding(void **unused)
{
	static const enum module_state fine[] = { MODULE_LOADED, MODULE_BUILTIN, MODULE_LOADABLE,
						  MODULE_UNKNOWN };
	struct world w;

	(void)unused;
	world_make(&w);
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		w.host.modules[2].state = fine[i];
		judge(&w, ASSESS_BIND);
		assert_int_equal(w.findings.count, 0);
	}
	world_release(&w);
}

static void functions_without_a_reset_are_one_warning_a_slot(void **unused)
{
	static const struct strv none;
	struct world w;

	(void)unused;
	world_make(&w);
	tree_unset(w.tree, GPU, "reset_method");
	tree_set(w.tree, AUDIO, "reset_method", "");
	look_and_judge(&w);
	ASSERT_FINDINGS(&w, { "no-reset", GPU });
	assert_contains(w.findings.items[0].message, AUDIO);
	assert_null(assess_first_block(&w.findings, &none));
	world_release(&w);
}

static void what_vfio_pci_holds_already_is_past_the_checks_of_a_device(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set(w.tree, GPU, "boot_vga", "1");
	tree_unset(w.tree, GPU, "reset_method");
	host_bind_to_vfio(w.tree, GPU);
	look_and_judge(&w);
	assert_int_equal(w.findings.count, 0);
	world_release(&w);
}

/* As many as one host can have at once. */
static void make_much_wrong(struct world *w)
{
	tree_unset(w->tree, AUDIO, "reset_method");
	tree_unset(w->tree, GPU, "reset_method");
	tree_set(w->tree, GPU, "boot_vga", "1");
	tree_set_interrupts(w->tree, "  24:   7   PCI-MSI-0000:01:00.0   radeon\n");
	tree_add_function(w->tree, "0000:03:00.0", 0x8086, 0x10d3, 0x020000, "e1000e", GPU_GROUP,
			  NULL);
}

static void the_worst_comes_first(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	make_much_wrong(&w);
	look(&w);
	w.host.modules[2].state = MODULE_MISSING;
	w.host.holders.complete = false;
	judge(&w, ASSESS_BIND);
	assert_int_equal(w.findings.count, 6);
	for (size_t i = 1; i < w.findings.count; i++)
		assert_true(finding_kinds[w.findings.items[i - 1].id].severity <=
			    finding_kinds[w.findings.items[i].id].severity);
	assert_int_equal(finding_kinds[w.findings.items[0].id].severity, SEVERITY_BLOCK);
	assert_int_equal(finding_kinds[w.findings.items[5].id].severity, SEVERITY_WARN);
	world_release(&w);
}

static void what_is_allowed_does_not_block(void **unused)
{
	struct strv allow = { 0 };
	struct world w;

	(void)unused;
	world_make(&w);
	make_much_wrong(&w);
	look_and_judge(&w);
	assert_int_equal(assess_first_block(&w.findings, &allow)->id, FINDING_GROUP_NOT_VIABLE);
	strv_add(&allow, "group-not-viable");
	assert_int_equal(assess_first_block(&w.findings, &allow)->id,
			 FINDING_NO_INTERRUPT_REMAPPING);
	strv_add(&allow, "boot-gpu");
	assert_int_equal(assess_first_block(&w.findings, &allow)->id,
			 FINDING_NO_INTERRUPT_REMAPPING);
	strv_add(&allow, "no-interrupt-remapping");
	assert_null(assess_first_block(&w.findings, &allow));
	strv_release(&allow);
	world_release(&w);
}

static void finding_ids_are_read_as_they_are_written(void **unused)
{
	(void)unused;
	for (int i = 0; i < FINDING_MAX; i++) {
		assert_non_null(finding_kinds[i].id);
		assert_true(*finding_kinds[i].title);
		assert_int_equal(finding_id_from_string(finding_kinds[i].id), i);
		assert_int_equal(strspn(finding_kinds[i].id,
					"abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(finding_kinds[i].id));
	}
	assert_int_equal(finding_id_from_string("boot-gpus"), FINDING_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_is_ready_has_no_findings),
		cmocka_unit_test(without_an_iommu_that_is_the_only_finding),
		cmocka_unit_test(a_device_that_the_iommu_does_not_cover_has_no_group),
		cmocka_unit_test(a_bridge_is_not_an_endpoint),
		cmocka_unit_test(a_member_on_a_host_driver_makes_the_group_not_viable),
		cmocka_unit_test(the_audio_function_left_behind_makes_the_group_not_viable),
		cmocka_unit_test(a_member_that_is_a_target_too_does_not_block),
		cmocka_unit_test(drivers_that_leave_dma_alone_do_not_block),
		cmocka_unit_test(shpchp_on_a_bridge_blocks_and_group_would_not_help),
		cmocka_unit_test(what_other_groups_do_is_no_finding),
		cmocka_unit_test(a_direct_region_is_reserved_and_a_relaxable_one_is_not),
		cmocka_unit_test(without_interrupt_remapping_vfio_refuses_unless_told_otherwise),
		cmocka_unit_test(the_firmware_console_is_a_boot_gpu),
		cmocka_unit_test(a_device_whose_lock_is_held_is_locked),
		cmocka_unit_test(a_process_with_a_node_open_uses_the_device),
		cmocka_unit_test(a_device_in_use_cannot_be_given_back_either),
		cmocka_unit_test(processes_that_could_not_be_looked_at_are_a_warning),
		cmocka_unit_test(enabled_virtual_functions_block),
		cmocka_unit_test(a_vfio_module_that_does_not_exist_is_missing),
		cmocka_unit_test(a_vfio_module_that_is_kept_out_is_blacklisted),
		cmocka_unit_test(modules_that_can_be_loaded_are_no_finding),
		cmocka_unit_test(functions_without_a_reset_are_one_warning_a_slot),
		cmocka_unit_test(what_vfio_pci_holds_already_is_past_the_checks_of_a_device),
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(what_is_allowed_does_not_block),
		cmocka_unit_test(finding_ids_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
