/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions on a card that the host's screen is on: console, firmware's frame buffer, card. */
#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/made-screen.h"
#include "support/transacted.h"

#define VTCON1 "sys/class/vtconsole/vtcon1"

/* efifb draws on a card without a driver. */
static struct tree *host_with_screen(const char *class)
{
	struct tree *tree = host_with_radeon();

	tree_unbind(tree, SCREEN);
	tree_set(tree, SCREEN, "class", class);
	made_screen_add(tree, SCREEN);
	return tree;
}

/* vfio-pci leaves the frame buffer of a card that is no VGA card alone. */
static void world_to_bind(struct world *w)
{
	world_on(w, host_with_screen("0x038000"), "00:02.0");
}

static void world_to_bind_vga(struct world *w)
{
	world_on(w, host_with_screen("0x030000"), "00:02.0");
}

/* The card's own driver draws, and the firmware's frame buffer is long gone. */
static void world_to_bind_drawn(struct world *w)
{
	struct tree *tree = host_with_radeon();

	made_screen_add_node(tree, SCREEN_PATH, "fb0");
	world_on(w, tree, "00:02.0");
	fake_kernel_add_drawing(&w->kernel, SCREEN, "bochs-drm", SCREEN_PATH);
}

static void bind_and_plan_back(struct world *w)
{
	assert_int_equal(run(w), TXN_DONE);
	reopen(w);
	plan_to_unbind(w);
}

static void world_to_unbind(struct world *w)
{
	world_to_bind(w);
	bind_and_plan_back(w);
}

static void world_to_unbind_drawn(struct world *w)
{
	world_to_bind_drawn(w);
	bind_and_plan_back(w);
}

static bool console_is_bound(struct world *w)
{
	_cleanup_free_ char *bound = tree_has(w->tree, VTCON1) ? tree_read(w->tree, VTCON1 "/bind")
							       : NULL;

	return bound && *bound == '1';
}

static bool was_called(const struct world *w, const char *start)
{
	for (size_t i = 0; i < w->kernel.log.count; i++)
		if (starts_with(w->kernel.log.items[i], start))
			return true;
	return false;
}

static void assert_bound(struct world *w)
{
	assert_driver(w, SCREEN, "vfio-pci");
	assert_false(tree_has(w->tree, "sys/class/graphics/fb0"));
	assert_false(console_is_bound(w));
	assert_true(has_record(w, SCREEN));
	assert_false(has_journal(w));
}

static void assert_card_is_back(struct world *w, const char *driver)
{
	assert_driver(w, SCREEN, driver);
	assert_override(w, SCREEN, "(null)");
	assert_false(has_record(w, SCREEN));
	assert_false(has_journal(w));
}

static void assert_drawn_again(struct world *w)
{
	assert_card_is_back(w, "bochs-drm");
	assert_true(console_is_bound(w));
}

static void assert_log(const struct world *w, const char *const *expected, size_t count)
{
	for (size_t i = 0; i < w->kernel.log.count && i < count; i++)
		assert_string_equal(w->kernel.log.items[i], expected[i]);
	assert_int_equal(w->kernel.log.count, count);
}

#define ASSERT_LOG(w, ...)                                                                         \
	do {                                                                                       \
		static const char *const expected_[] = { __VA_ARGS__ };                            \
		assert_log((w), expected_, ARRAY_SIZE(expected_));                                 \
	} while (0)

static void a_bind_releases_the_console_then_the_frame_buffer_then_the_card(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	ASSERT_LOG(&w, "load vfio", "load vfio_iommu_type1", "load vfio-pci",
		   "override " SCREEN " vfio-pci", "console vtcon1 0",
		   "unbind " FIRMWARE_FB " " FIRMWARE_FB_DRIVER, "bind " SCREEN " vfio-pci",
		   "wait dev/vfio/1");
	assert_bound(&w);
	assert_true(tree_has(w.tree, FIRMWARE_FB_DIR));
	world_release(&w);
}

/* With the frame buffer the kernel's console comes by itself. */
static void an_unbind_gives_the_frame_buffer_back(void **unused)
{
	struct world w;

	(void)unused;
	world_to_unbind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	ASSERT_LOG(&w, "unbind " SCREEN " vfio-pci", "bind " FIRMWARE_FB " " FIRMWARE_FB_DRIVER,
		   "override " SCREEN);
	assert_card_is_back(&w, "none");
	assert_true(console_is_bound(&w));
	world_release(&w);
}

static void the_console_on_the_drivers_frame_buffer_goes_and_comes_with_it(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind_drawn(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_true(was_called(&w, "console vtcon1 0"));
	assert_bound(&w);
	reopen(&w);
	plan_to_unbind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_drawn_again(&w);
	world_release(&w);
}

static void a_bind_and_an_unbind_leave_the_screen_as_it_was(void **unused)
{
	static make_world *const makes[] = { world_to_bind, world_to_bind_drawn };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		_cleanup_free_ char *first = NULL;
		struct world w;

		makes[i](&w);
		first = xstrdup(w.before);
		bind_and_plan_back(&w);
		assert_int_equal(run(&w), TXN_DONE);
		free(w.before);
		w.before = TAKE_PTR(first);
		assert_as_before(&w, "bind and unbind", i);
		world_release(&w);
	}
}

static void a_bind_that_fails_at_any_call_is_undone(void **unused)
{
	(void)unused;
	fail_each_call(world_to_bind, FAULT_BEFORE, assert_bound);
	fail_each_call(world_to_bind, FAULT_AFTER, assert_bound);
	fail_each_call(world_to_bind_drawn, FAULT_BEFORE, assert_bound);
	fail_each_call(world_to_bind_drawn, FAULT_AFTER, assert_bound);
	fail_each_flush(world_to_bind);
	fail_each_flush(world_to_bind_drawn);
}

static void an_unbind_that_fails_at_the_card_is_undone(void **unused)
{
	(void)unused;
	fail_each_call(world_to_unbind_drawn, FAULT_BEFORE, assert_drawn_again);
	fail_each_call(world_to_unbind_drawn, FAULT_AFTER, assert_drawn_again);
	fail_each_flush(world_to_unbind_drawn);
}

/* A card that is back must not be taken again because its screen did not come. */
static void an_unbind_goes_on_without_the_screen(void **unused)
{
	static const int errors[] = { EIO, ETIMEDOUT };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct world w;

		world_to_unbind(&w);
		fake_kernel_fail(&w.kernel, 2, FAULT_BEFORE, errors[i]);
		assert_int_equal(run(&w), TXN_DONE);
		assert_true(was_called(&w, "bind " FIRMWARE_FB));
		assert_card_is_back(&w, "none");
		assert_false(console_is_bound(&w));
		world_release(&w);
	}
}

/* What fails behind the frame buffer takes it back out again. */
static void an_unbind_that_fails_behind_the_screen_is_undone(void **unused)
{
	struct world w;

	(void)unused;
	world_to_unbind(&w);
	fake_kernel_fail(&w.kernel, 3, FAULT_BEFORE, EIO);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_true(was_called(&w, "bind " FIRMWARE_FB));
	assert_as_before(&w, "behind the screen", 3);
	world_release(&w);
}

static void what_was_killed_is_undone_by_recover(void **unused)
{
	static make_world *const makes[] = { world_to_bind, world_to_unbind, world_to_bind_drawn,
					     world_to_unbind_drawn };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++)
		kill_everywhere(makes[i]);
}

static void a_rollback_that_is_killed_is_finished_by_recover(void **unused)
{
	(void)unused;
	kill_in_each_rollback(world_to_bind);
	kill_in_each_rollback(world_to_bind_drawn);
}

/* Somebody unbound the console while the card was away: it was bound, so it is bound again. */
static void make_console_that_stayed(struct world *w)
{
	world_to_bind_drawn(w);
	assert_int_equal(run(w), TXN_DONE);
	made_screen_add_node(w->tree, "sys/devices/platform/vfb.0", "fb1");
	tree_write(w->tree, VTCON1 "/bind", "0\n");
	reopen(w);
	plan_to_unbind(w);
}

static void a_console_that_stayed_is_bound_again(void **unused)
{
	struct world w;

	(void)unused;
	make_console_that_stayed(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_true(was_called(&w, "console vtcon1 1"));
	assert_drawn_again(&w);
	world_release(&w);
	make_console_that_stayed(&w);
	w.kernel.console_in_use = true;
	assert_int_equal(run(&w), TXN_DONE);
	assert_true(was_called(&w, "console vtcon1 1"));
	assert_card_is_back(&w, "bochs-drm");
	assert_false(console_is_bound(&w));
	world_release(&w);
}

/* Its number may be another console's by now. */
static void another_console_is_not_touched(void **unused)
{
	struct world w;

	(void)unused;
	make_console_that_stayed(&w);
	tree_write(w.tree, VTCON1 "/name", "(M) another device\n");
	assert_int_equal(run(&w), TXN_DONE);
	assert_false(was_called(&w, "console"));
	world_release(&w);
}

static void a_console_that_a_display_server_holds_undoes_the_bind(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	w.kernel.console_in_use = true;
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -EBUSY);
	assert_contains(w.err.msg, "vtcon1");
	assert_contains(w.err.msg, "display server");
	assert_false(was_called(&w, "unbind"));
	assert_as_before(&w, "console in use", 0);
	world_release(&w);
}

static void a_vga_card_loses_the_frame_buffer_for_good(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind_vga(&w);
	bind_and_plan_back(&w);
	assert_false(tree_has(w.tree, FIRMWARE_FB_DIR));
	assert_int_equal(run(&w), TXN_DONE);
	assert_false(was_called(&w, "bind " FIRMWARE_FB));
	assert_card_is_back(&w, "none");
	world_release(&w);
}

static size_t call_of(make_world *make, const char *start)
{
	struct world w;
	size_t n = 0;

	make(&w);
	assert_int_equal(run(&w), TXN_DONE);
	while (n < w.kernel.log.count && !starts_with(w.kernel.log.items[n], start))
		n++;
	assert_true(n < w.kernel.log.count);
	world_release(&w);
	return n + 1;
}

/* All else is put back, no journal waits for what cannot come, and what is lost is named. */
static void what_is_lost_is_named_and_not_waited_for(void **unused)
{
	size_t bind = call_of(world_to_bind_vga, "bind " SCREEN);
	size_t calls = count_calls(world_to_bind_vga, NULL);

	(void)unused;
	assert_true(bind < calls);
	for (size_t n = 4; n <= calls; n++) {
		enum txn_result result;
		struct world w;

		world_to_bind_vga(&w);
		fake_kernel_fail(&w.kernel, n, FAULT_BEFORE, EIO);
		result = run(&w);
		assert_int_equal(result, n <= bind ? TXN_UNDONE : TXN_LOST);
		if (result == TXN_UNDONE)
			assert_as_before(&w, "call", n);
		else
			assert_contains(w.remains.msg, FIRMWARE_FB);
		assert_card_is_back(&w, "none");
		assert_nothing_to_recover(&w);
		world_release(&w);
	}
}

static void recover_names_what_is_lost_and_ends(void **unused)
{
	size_t calls = count_calls(world_to_bind_vga, NULL);
	struct world w;

	(void)unused;
	world_to_bind_vga(&w);
	run_and_be_killed(&w, kill_after, calls);
	assert_int_equal(recover(&w), TXN_LOST);
	assert_contains(w.remains.msg, FIRMWARE_FB);
	assert_contains(w.remains.msg, "next boot");
	assert_card_is_back(&w, "none");
	assert_nothing_to_recover(&w);
	world_release(&w);
}

/* The driver refuses its old device: "BAR has moved". */
static void a_frame_buffer_that_is_refused_is_lost(void **unused)
{
	size_t calls = count_calls(world_to_bind, NULL);
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_fail(&w.kernel, calls, FAULT_BEFORE, EIO);
	fake_kernel_fail(&w.kernel, calls + 2, FAULT_BEFORE, ENODEV);
	assert_int_equal(run(&w), TXN_LOST);
	assert_string_equal(w.kernel.log.items[calls + 1],
			    "bind " FIRMWARE_FB " " FIRMWARE_FB_DRIVER);
	assert_contains(w.remains.msg, FIRMWARE_FB " is lost until the next boot");
	assert_card_is_back(&w, "none");
	world_release(&w);
}

/* A card whose unbind does not return: neither it nor what is on it is touched again. */
static void a_card_that_is_stuck_keeps_its_screen_waiting(void **unused)
{
	size_t unbind = call_of(world_to_bind_drawn, "unbind " SCREEN);
	struct world w;

	(void)unused;
	world_to_bind_drawn(&w);
	fake_kernel_fail(&w.kernel, unbind, FAULT_BEFORE, ETIMEDOUT);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_contains(w.remains.msg, SCREEN);
	assert_contains(w.remains.msg, "vtcon1");
	assert_int_equal(w.kernel.calls, unbind);
	assert_true(has_journal(&w));
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "stuck", unbind);
	world_release(&w);
}

/* The other way round the card can be put back, and is. */
static void a_frame_buffer_that_is_stuck_keeps_no_card_waiting(void **unused)
{
	size_t unbind = call_of(world_to_bind, "unbind " FIRMWARE_FB);
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_fail(&w.kernel, unbind, FAULT_BEFORE, ETIMEDOUT);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_contains(w.remains.msg, FIRMWARE_FB);
	assert_override(&w, SCREEN, "(null)");
	assert_true(has_journal(&w));
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "stuck", unbind);
	world_release(&w);
}

static void remove_firmware(struct tree *tree)
{
	made_screen_remove(tree);
}

/* A driver that came since the look has removed it: there is nothing left to release. */
static void a_frame_buffer_that_is_gone_is_released(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hook(&w.kernel, 4, remove_firmware);
	assert_int_equal(run(&w), TXN_DONE);
	assert_false(was_called(&w, "console"));
	assert_false(was_called(&w, "unbind " FIRMWARE_FB));
	assert_bound(&w);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bind_releases_the_console_then_the_frame_buffer_then_the_card),
		cmocka_unit_test(an_unbind_gives_the_frame_buffer_back),
		cmocka_unit_test(the_console_on_the_drivers_frame_buffer_goes_and_comes_with_it),
		cmocka_unit_test(a_bind_and_an_unbind_leave_the_screen_as_it_was),
		cmocka_unit_test(a_bind_that_fails_at_any_call_is_undone),
		cmocka_unit_test(an_unbind_that_fails_at_the_card_is_undone),
		cmocka_unit_test(an_unbind_goes_on_without_the_screen),
		cmocka_unit_test(an_unbind_that_fails_behind_the_screen_is_undone),
		cmocka_unit_test(what_was_killed_is_undone_by_recover),
		cmocka_unit_test(a_rollback_that_is_killed_is_finished_by_recover),
		cmocka_unit_test(a_console_that_stayed_is_bound_again),
		cmocka_unit_test(another_console_is_not_touched),
		cmocka_unit_test(a_console_that_a_display_server_holds_undoes_the_bind),
		cmocka_unit_test(a_vga_card_loses_the_frame_buffer_for_good),
		cmocka_unit_test(what_is_lost_is_named_and_not_waited_for),
		cmocka_unit_test(recover_names_what_is_lost_and_ends),
		cmocka_unit_test(a_frame_buffer_that_is_refused_is_lost),
		cmocka_unit_test(a_card_that_is_stuck_keeps_its_screen_waiting),
		cmocka_unit_test(a_frame_buffer_that_is_stuck_keeps_no_card_waiting),
		cmocka_unit_test(a_frame_buffer_that_is_gone_is_released),
	};

	return cmocka_run_group_tests_name("txn-screen", tests, NULL, NULL);
}
