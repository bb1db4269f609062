/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/strv.h"
#include "policy/plan.h"
#include "support/hosts.h"
#include "support/test.h"

#define NOW 1700000000

struct world {
	struct tree *tree;
	struct host host;
	struct targets targets;
	struct step_list plan;
	struct error err;
};

static void look(struct world *w)
{
	targets_release(&w->targets);
	step_list_release(&w->plan);
	host_look_again(w->tree, &w->host);
	target_add(&w->targets, &w->host, "01:00");
}

/* vfio's modules are loaded, so that plans are about the devices alone. */
static void world_make(struct world *w)
{
	*w = (struct world){ .tree = host_with_radeon() };
	host_load_vfio(w->tree);
	look(w);
}

static void world_make_two(struct world *w)
{
	*w = (struct world){ .tree = host_with_two_radeons() };
	host_load_vfio(w->tree);
	look(w);
	target_add(&w->targets, &w->host, "02:00");
}

static void world_release(struct world *w)
{
	step_list_release(&w->plan);
	targets_release(&w->targets);
	host_release(&w->host);
	tree_free(w->tree);
}

static void bind(struct world *w)
{
	step_list_release(&w->plan);
	assert_ok(plan_bind(&w->host, &w->targets, false, NOW, &w->plan, &w->err), w->err);
}

static void unbind(struct world *w)
{
	step_list_release(&w->plan);
	assert_ok(plan_unbind(&w->host, &w->targets, false, &w->plan, &w->err), w->err);
}

static void write_record(struct world *w, const char *addr, const char *driver,
			 const char *override)
{
	_cleanup_free_ char *path = xasprintf("run/vfioadm/held/%s", addr);
	_cleanup_free_ char *text =
		xasprintf("address=%s\nids=1002:5159\nsince=1\ndriver=%s\nmodule=%s\noverride=%s\n",
			  addr, driver, driver, override);

	tree_write(w->tree, path, text);
}

/* Bound to vfio-pci, with a record of what it had. */
static void hold(struct world *w, const char *addr, const char *driver, const char *override)
{
	host_bind_to_vfio(w->tree, addr);
	write_record(w, addr, driver, override);
}

static void assert_plan(const struct world *w, const char *const *expected, size_t count)
{
	for (size_t i = 0; i < w->plan.count && i < count; i++) {
		const struct step *s = &w->plan.items[i];
		_cleanup_free_ char *line = xasprintf(
			"%s %s: %s > %s", step_kind_to_string(s->kind), s->subject, s->from, s->to);

		assert_string_equal(line, expected[i]);
	}
	assert_int_equal(w->plan.count, count);
}

#define ASSERT_PLAN(w, ...)                                                                        \
	do {                                                                                       \
		static const char *const expected_[] = { __VA_ARGS__ };                            \
		assert_plan((w), expected_, ARRAY_SIZE(expected_));                                \
	} while (0)

static void a_bind_loads_records_overrides_unbinds_binds_and_waits(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_remove(w.tree, "sys/module/vfio_iommu_type1");
	tree_remove(w.tree, "sys/module/vfio");
	look(&w);
	bind(&w);
	ASSERT_PLAN(&w, "load-module vfio: not known > loaded",
		    "load-module vfio_iommu_type1: not known > loaded",
		    "record " GPU ":  > held", "override " GPU ":  > vfio-pci",
		    "record " AUDIO ":  > held", "override " AUDIO ":  > vfio-pci",
		    "unbind " AUDIO ": snd_hda_intel > ", "unbind " GPU ": radeon > ",
		    "bind " GPU ":  > vfio-pci", "bind " AUDIO ":  > vfio-pci",
		    "wait-node dev/vfio/3:  > ready");
	world_release(&w);
}

static size_t last_of(const struct world *w, enum step_kind kind)
{
	size_t last = 0;

	for (size_t i = 0; i < w->plan.count; i++)
		if (w->plan.items[i].kind == kind)
			last = i;
	return last;
}

static size_t first_of(const struct world *w, enum step_kind kind)
{
	for (size_t i = 0; i < w->plan.count; i++)
		if (w->plan.items[i].kind == kind)
			return i;
	return w->plan.count;
}

static void of_several_devices_all_are_released_before_any_is_bound(void **unused)
{
	struct world w;

	(void)unused;
	world_make_two(&w);
	bind(&w);
	assert_int_equal(w.plan.count, 4 * 4 + 2);
	assert_true(last_of(&w, STEP_OVERRIDE) < first_of(&w, STEP_UNBIND));
	assert_true(last_of(&w, STEP_UNBIND) < first_of(&w, STEP_BIND));
	assert_true(last_of(&w, STEP_BIND) < first_of(&w, STEP_WAIT_NODE));
	world_release(&w);
}

static void every_step_carries_the_address_it_is_about(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	bind(&w);
	assert_int_equal(w.plan.count, 9);
	for (size_t i = 0; i < w.plan.count - 1; i++)
		assert_string_equal(pci_addr_text(w.plan.items[i].addr).text,
				    w.plan.items[i].subject);
	world_release(&w);
}

static void a_record_keeps_all_that_the_way_back_takes(void **unused)
{
	const struct held *held;
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set(w.tree, GPU, "driver_override", "radeon");
	look(&w);
	bind(&w);
	assert_int_equal(w.plan.items[0].kind, STEP_RECORD);
	held = &w.plan.items[0].held;
	assert_string_equal(pci_addr_text(held->addr).text, GPU);
	assert_int_equal(held->vendor, 0x1002);
	assert_int_equal(held->device, 0x5159);
	assert_string_equal(held->driver, "radeon");
	assert_string_equal(held->module, "radeon");
	assert_string_equal(held->override, "radeon");
	assert_int_equal(held->since, NOW);
	world_release(&w);
}

static void what_is_bound_already_needs_no_step(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	hold(&w, AUDIO, "snd_hda_intel", "");
	look(&w);
	bind(&w);
	assert_int_equal(w.plan.count, 0);
	world_release(&w);
}

static void what_is_bound_already_is_left_out(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	look(&w);
	bind(&w);
	ASSERT_PLAN(&w, "record " AUDIO ":  > held", "override " AUDIO ":  > vfio-pci",
		    "unbind " AUDIO ": snd_hda_intel > ", "bind " AUDIO ":  > vfio-pci",
		    "wait-node dev/vfio/3:  > ready");
	world_release(&w);
}

static void an_override_and_an_unbind_that_are_done_already_are_left_out(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_unbind(w.tree, GPU);
	tree_set(w.tree, GPU, "driver_override", "vfio-pci");
	hold(&w, AUDIO, "snd_hda_intel", "");
	look(&w);
	bind(&w);
	ASSERT_PLAN(&w, "record " GPU ":  > held", "bind " GPU ":  > vfio-pci",
		    "wait-node dev/vfio/3:  > ready");
	assert_string_equal(w.plan.items[0].held.driver, "");
	assert_string_equal(w.plan.items[0].held.override, "vfio-pci");
	world_release(&w);
}

static void an_override_for_another_driver_is_the_expected_old_value(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	tree_set(w.tree, GPU, "driver_override", "radeon");
	hold(&w, AUDIO, "snd_hda_intel", "");
	look(&w);
	bind(&w);
	ASSERT_PLAN(&w, "record " GPU ":  > held", "override " GPU ": radeon > vfio-pci",
		    "unbind " GPU ": radeon > ", "bind " GPU ":  > vfio-pci",
		    "wait-node dev/vfio/3:  > ready");
	world_release(&w);
}

/* vfio-pci was unbound behind our back: the record still knows the driver from before that. */
static void a_record_that_is_there_is_not_written_over(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	hold(&w, AUDIO, "snd_hda_intel", "");
	tree_unbind(w.tree, GPU);
	look(&w);
	bind(&w);
	ASSERT_PLAN(&w, "record " GPU ": held > held", "bind " GPU ":  > vfio-pci",
		    "wait-node dev/vfio/3:  > ready");
	world_release(&w);
}

static void two_groups_have_two_nodes_and_one_group_one(void **unused)
{
	struct world w;

	(void)unused;
	world_make_two(&w);
	bind(&w);
	assert_string_equal(w.plan.items[w.plan.count - 2].subject, "dev/vfio/3");
	assert_string_equal(w.plan.items[w.plan.count - 1].subject, "dev/vfio/5");
	assert_int_equal(first_of(&w, STEP_WAIT_NODE), w.plan.count - 2);
	world_release(&w);
}

static void modules_that_are_in_the_kernel_are_not_loaded(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	w.host.modules[0].state = MODULE_BUILTIN;
	w.host.modules[2].state = MODULE_LOADABLE;
	bind(&w);
	assert_int_equal(w.plan.items[0].kind, STEP_LOAD_MODULE);
	assert_string_equal(w.plan.items[0].subject, "vfio-pci");
	assert_string_equal(w.plan.items[0].from, "not loaded");
	assert_int_equal(w.plan.items[1].kind, STEP_RECORD);
	world_release(&w);
}

static void a_blacklist_is_passed_over_only_when_told_to(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	w.host.modules[2].state = MODULE_BLACKLISTED;
	bind(&w);
	assert_false(w.plan.items[0].despite_blacklist);
	step_list_release(&w.plan);
	assert_ok(plan_bind(&w.host, &w.targets, true, NOW, &w.plan, &w.err), w.err);
	assert_int_equal(w.plan.items[0].kind, STEP_LOAD_MODULE);
	assert_true(w.plan.items[0].despite_blacklist);
	world_release(&w);
}

static void a_plan_names_no_device_but_the_targets(void **unused)
{
	struct world w;

	(void)unused;
	world_make_two(&w);
	targets_release(&w.targets);
	target_add(&w.targets, &w.host, "02:00.0");
	bind(&w);
	assert_int_equal(w.plan.count, 5);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(w.plan.items[i].subject, GPU2);
	world_release(&w);
}

static void a_name_that_does_not_fit_is_refused(const char *addr, const char *driver,
						const char *override, const char *what)
{
	struct world w;

	world_make(&w);
	if (driver) {
		tree_unbind(w.tree, addr);
		tree_bind(w.tree, addr, driver);
	}
	if (override)
		tree_set(w.tree, addr, "driver_override", override);
	look(&w);
	assert_int_equal(plan_bind(&w.host, &w.targets, false, NOW, &w.plan, &w.err),
			 -ENAMETOOLONG);
	assert_contains(w.err.msg, addr);
	assert_contains(w.err.msg, what);
	assert_int_equal(w.plan.count, 0);
	world_release(&w);
}

static void names_that_are_too_long_are_refused(void **unused)
{
	char name[129];

	(void)unused;
	memset(name, 'x', sizeof(name));
	name[64] = '\0';
	a_name_that_does_not_fit_is_refused(AUDIO, name, NULL, "driver");
	name[64] = 'x';
	name[128] = '\0';
	a_name_that_does_not_fit_is_refused(GPU, NULL, name, "driver_override");
}

static void the_longest_names_that_fit_are_taken(void **unused)
{
	char driver[64], override[128];
	struct world w;

	(void)unused;
	memset(driver, 'd', sizeof(driver));
	driver[63] = '\0';
	memset(override, 'o', sizeof(override));
	override[127] = '\0';
	world_make(&w);
	tree_unbind(w.tree, GPU);
	tree_bind(w.tree, GPU, driver);
	tree_set(w.tree, GPU, "driver_override", override);
	look(&w);
	bind(&w);
	assert_string_equal(w.plan.items[0].held.driver, driver);
	assert_string_equal(w.plan.items[0].held.module, driver);
	assert_string_equal(w.plan.items[0].held.override, override);
	assert_string_equal(w.plan.items[1].from, override);
	world_release(&w);
}

static void an_unbind_aims_releases_binds_and_then_clears_the_override(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	hold(&w, AUDIO, "snd_hda_intel", "");
	look(&w);
	unbind(&w);
	ASSERT_PLAN(&w, "override " GPU ": vfio-pci > radeon",
		    "override " AUDIO ": vfio-pci > snd_hda_intel",
		    "unbind " GPU ": vfio-pci > ", "unbind " AUDIO ": vfio-pci > ",
		    "bind " GPU ":  > radeon", "bind " AUDIO ":  > snd_hda_intel",
		    "override " GPU ": radeon > ", "override " AUDIO ": snd_hda_intel > ",
		    "forget " GPU ": held > ", "forget " AUDIO ": held > ");
	world_release(&w);
}

static void an_unbind_gives_back_no_driver_where_there_was_none(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "", "");
	look(&w);
	targets_release(&w.targets);
	target_add(&w.targets, &w.host, GPU);
	unbind(&w);
	ASSERT_PLAN(&w, "unbind " GPU ": vfio-pci > ", "override " GPU ": vfio-pci > ",
		    "forget " GPU ": held > ");
	world_release(&w);
}

static void an_unbind_puts_back_the_override_that_was_there(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "radeon");
	hold(&w, AUDIO, "snd_hda_intel", "some-other");
	look(&w);
	unbind(&w);
	ASSERT_PLAN(&w, "override " GPU ": vfio-pci > radeon",
		    "override " AUDIO ": vfio-pci > snd_hda_intel",
		    "unbind " GPU ": vfio-pci > ", "unbind " AUDIO ": vfio-pci > ",
		    "bind " GPU ":  > radeon", "bind " AUDIO ":  > snd_hda_intel",
		    "override " AUDIO ": snd_hda_intel > some-other",
		    "forget " GPU ": held > ", "forget " AUDIO ": held > ");
	world_release(&w);
}

static void a_record_whose_device_has_its_driver_back_is_only_forgotten(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	write_record(&w, GPU, "radeon", "radeon");
	tree_set(w.tree, GPU, "driver_override", "radeon");
	look(&w);
	unbind(&w);
	ASSERT_PLAN(&w, "forget " GPU ": held > ");
	world_release(&w);
}

static void what_is_not_held_needs_no_unbind(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	unbind(&w);
	assert_int_equal(w.plan.count, 0);
	world_release(&w);
}

static void what_another_tool_bound_to_vfio_is_an_error(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	host_bind_to_vfio(w.tree, AUDIO);
	look(&w);
	assert_int_equal(plan_unbind(&w.host, &w.targets, false, &w.plan, &w.err), -ENOENT);
	assert_contains(w.err.msg, AUDIO);
	assert_int_equal(w.plan.count, 0);
	world_release(&w);
}

static void a_driver_that_is_gone_is_loaded_first(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold(&w, GPU, "radeon", "");
	tree_remove(w.tree, "sys/bus/pci/drivers/radeon");
	look(&w);
	unbind(&w);
	assert_int_equal(w.plan.items[0].kind, STEP_LOAD_MODULE);
	assert_string_equal(w.plan.items[0].subject, "radeon");
	assert_string_equal(w.plan.items[1].subject, GPU);
	world_release(&w);
}

static void a_module_that_two_devices_want_is_loaded_once(void **unused)
{
	struct world w;
	size_t loads = 0;

	(void)unused;
	world_make_two(&w);
	hold(&w, GPU, "radeon", "");
	hold(&w, GPU2, "radeon", "");
	tree_remove(w.tree, "sys/bus/pci/drivers/radeon");
	look(&w);
	target_add(&w.targets, &w.host, "02:00");
	unbind(&w);
	for (size_t i = 0; i < w.plan.count; i++)
		loads += w.plan.items[i].kind == STEP_LOAD_MODULE;
	assert_int_equal(loads, 1);
	world_release(&w);
}

static void step_names_are_read_as_they_are_written(void **unused)
{
	(void)unused;
	for (int i = 0; i < STEP_KIND_MAX; i++)
		assert_int_equal(step_kind_from_string(step_kind_to_string((enum step_kind)i)), i);
	assert_int_equal(step_kind_from_string("bin"), STEP_KIND_INVALID);
	assert_int_equal(step_kind_from_string(""), STEP_KIND_INVALID);
}

static void a_step_says_what_would_be_written_where(void **unused)
{
	char text[256];

	(void)unused;
	step_describe(&(struct step){ .kind = STEP_OVERRIDE, .subject = GPU, .to = "vfio-pci" },
		      text, sizeof(text));
	assert_string_equal(text, "write vfio-pci to /sys/bus/pci/devices/" GPU
				  "/driver_override (now: none)");
	step_describe(&(struct step){ .kind = STEP_OVERRIDE, .subject = GPU, .from = "radeon" },
		      text, sizeof(text));
	assert_string_equal(text, "write a newline to /sys/bus/pci/devices/" GPU
				  "/driver_override (now: radeon)");
	step_describe(&(struct step){ .kind = STEP_UNBIND, .subject = GPU, .from = "radeon" },
		      text, sizeof(text));
	assert_string_equal(text, "write " GPU " to /sys/bus/pci/drivers/radeon/unbind");
	step_describe(&(struct step){ .kind = STEP_BIND, .subject = GPU, .to = "vfio-pci" }, text,
		      sizeof(text));
	assert_string_equal(text, "write " GPU " to /sys/bus/pci/drivers/vfio-pci/bind");
}

static void hold_both(struct world *w)
{
	hold(w, GPU, "radeon", "");
	hold(w, AUDIO, "snd_hda_intel", "");
}

static void with_reset_what_can_be_reset_is_before_any_driver_is_back(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold_both(&w);
	tree_set(w.tree, GPU, "reset_method", "pm bus\n");
	tree_set(w.tree, AUDIO, "reset_method", "bus\n");
	look(&w);
	assert_ok(plan_unbind(&w.host, &w.targets, true, &w.plan, &w.err), w.err);
	assert_int_equal(w.plan.items[first_of(&w, STEP_RESET)].held.device, 0x5159);
	assert_string_equal(w.plan.items[first_of(&w, STEP_RESET)].subject, GPU);
	assert_int_equal(first_of(&w, STEP_RESET), last_of(&w, STEP_RESET));
	assert_true(last_of(&w, STEP_UNBIND) < first_of(&w, STEP_RESET));
	assert_true(last_of(&w, STEP_RESET) < first_of(&w, STEP_BIND));
	unbind(&w);
	assert_int_equal(first_of(&w, STEP_RESET), w.plan.count);
	world_release(&w);
}

static void assert_no_reset(struct world *w, const char *because)
{
	look(w);
	assert_int_equal(plan_unbind(&w->host, &w->targets, true, &w->plan, &w->err), -ENOTTY);
	assert_contains(w->err.msg, GPU);
	assert_contains(w->err.msg, because);
	assert_contains(w->err.msg, "leave --reset out");
	assert_int_equal(w->plan.count, 0);
}

static void a_reset_that_the_kernel_cannot_make_is_refused(void **unused)
{
	struct world w;

	(void)unused;
	world_make(&w);
	hold_both(&w);
	tree_set(w.tree, GPU, "reset_method", "\n");
	tree_set(w.tree, AUDIO, "reset_method", "\n");
	assert_no_reset(&w, "knows no way");
	tree_set(w.tree, GPU, "reset_method", "bus\n");
	assert_no_reset(&w, "together with the other functions");
	tree_remove_function(w.tree, AUDIO);
	targets_release(&w.targets);
	host_look_again(w.tree, &w.host);
	target_add(&w.targets, &w.host, GPU);
	assert_ok(plan_unbind(&w.host, &w.targets, true, &w.plan, &w.err), w.err);
	assert_true(first_of(&w, STEP_RESET) < w.plan.count);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bind_loads_records_overrides_unbinds_binds_and_waits),
		cmocka_unit_test(of_several_devices_all_are_released_before_any_is_bound),
		cmocka_unit_test(every_step_carries_the_address_it_is_about),
		cmocka_unit_test(a_record_keeps_all_that_the_way_back_takes),
		cmocka_unit_test(what_is_bound_already_needs_no_step),
		cmocka_unit_test(what_is_bound_already_is_left_out),
		cmocka_unit_test(an_override_and_an_unbind_that_are_done_already_are_left_out),
		cmocka_unit_test(an_override_for_another_driver_is_the_expected_old_value),
		cmocka_unit_test(a_record_that_is_there_is_not_written_over),
		cmocka_unit_test(two_groups_have_two_nodes_and_one_group_one),
		cmocka_unit_test(modules_that_are_in_the_kernel_are_not_loaded),
		cmocka_unit_test(a_blacklist_is_passed_over_only_when_told_to),
		cmocka_unit_test(a_plan_names_no_device_but_the_targets),
		cmocka_unit_test(names_that_are_too_long_are_refused),
		cmocka_unit_test(the_longest_names_that_fit_are_taken),
		cmocka_unit_test(an_unbind_aims_releases_binds_and_then_clears_the_override),
		cmocka_unit_test(an_unbind_gives_back_no_driver_where_there_was_none),
		cmocka_unit_test(an_unbind_puts_back_the_override_that_was_there),
		cmocka_unit_test(a_record_whose_device_has_its_driver_back_is_only_forgotten),
		cmocka_unit_test(what_is_not_held_needs_no_unbind),
		cmocka_unit_test(what_another_tool_bound_to_vfio_is_an_error),
		cmocka_unit_test(a_driver_that_is_gone_is_loaded_first),
		cmocka_unit_test(a_module_that_two_devices_want_is_loaded_once),
		cmocka_unit_test(step_names_are_read_as_they_are_written),
		cmocka_unit_test(a_step_says_what_would_be_written_where),
		cmocka_unit_test(with_reset_what_can_be_reset_is_before_any_driver_is_back),
		cmocka_unit_test(a_reset_that_the_kernel_cannot_make_is_refused),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
