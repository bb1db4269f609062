/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which card the host's screen is on, what is said about it, and what is planned. */
#include "base/alloc.h"
#include "policy/plan.h"
#include "policy/screen.h"
#include "support/judged.h"
#include "support/made-screen.h"

#define GPU_PATH "sys/devices/pci0000:00/" PORT "/" GPU

/* efifb on the host's own screen, which has no driver. */
static void screen_make(struct judged *j, const char *class)
{
	judged_make(j);
	tree_unbind(j->tree, SCREEN);
	tree_unset(j->tree, SCREEN, "boot_vga");
	tree_set(j->tree, SCREEN, "class", class);
	made_screen_add(j->tree, SCREEN);
	j->device = "00:02.0";
}

static struct console look(struct judged *j)
{
	judge_for(j, ASSESS_BIND);
	return screen_console(&j->host, &j->targets);
}

static void assert_console(struct judged *j, enum console_fate fate, const char *own,
			   const char *other)
{
	struct console console = look(j);

	assert_int_equal(console.fate, fate);
	assert_string_equal(console.own ? console.own->name : "", own);
	assert_string_equal(console.other ? console.other->name : "", other);
	assert_true(!console.own == !console.owner);
}

static void assert_steps(const struct step_list *plan, const char *const *expected, size_t count)
{
	for (size_t i = 0; i < plan->count && i < count; i++) {
		const struct step *s = &plan->items[i];
		_cleanup_free_ char *line = xasprintf(
			"%s %s: %s > %s", step_kind_to_string(s->kind), s->subject, s->from, s->to);

		assert_string_equal(line, expected[i]);
	}
	assert_int_equal(plan->count, count);
}

#define ASSERT_BIND(j, ...)                                                                        \
	do {                                                                                       \
		static const char *const expected_[] = { __VA_ARGS__ };                            \
		struct step_list plan_ = { 0 };                                                    \
		struct error err_;                                                                 \
                                                                                                   \
		judge_for((j), ASSESS_BIND);                                                       \
		assert_ok(plan_bind(&(j)->host, &(j)->targets, false, 1, &plan_, &err_), err_);    \
		assert_steps(&plan_, expected_, ARRAY_SIZE(expected_));                            \
		step_list_release(&plan_);                                                         \
	} while (0)

#define RECORD	 "record " SCREEN ":  > held"
#define OVERRIDE "override " SCREEN ":  > vfio-pci"
#define CONSOLE	 "release-console vtcon1: 1 > 0"
#define RELEASE	 "release-framebuffer " FIRMWARE_FB ": " FIRMWARE_FB_DRIVER " > "
#define BIND	 "bind " SCREEN ":  > vfio-pci"
#define NODE	 "wait-node dev/vfio/1:  > ready"

static void of_a_card_that_the_firmware_draws_on_all_is_released(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	assert_console(&j, CONSOLE_GOES, "fb0", "");
	ASSERT_BIND(&j, RECORD, OVERRIDE, CONSOLE, RELEASE, BIND, NODE);
	judged_release(&j);
}

static void of_another_card_nothing_of_it_is_touched(void **unused)
{
	struct judged j;
	struct step_list plan;
	struct error err;

	(void)unused;
	screen_make(&j, "0x030000");
	j.device = "01:00";
	assert_console(&j, CONSOLE_STAYS, "", "");
	assert_int_equal(j.findings.count, 0);
	assert_ok(plan_bind(&j.host, &j.targets, false, 1, &plan, &err), err);
	for (size_t i = 0; i < plan.count; i++)
		assert_true(plan.items[i].kind != STEP_RELEASE_CONSOLE &&
			    plan.items[i].kind != STEP_RELEASE_FRAMEBUFFER);
	step_list_release(&plan);
	judged_release(&j);
}

static void a_console_that_is_not_bound_needs_no_step(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	tree_write(j.tree, "sys/class/vtconsole/vtcon1/bind", "0\n");
	assert_console(&j, CONSOLE_STAYS, "", "");
	ASSERT_BIND(&j, RECORD, OVERRIDE, RELEASE, BIND, NODE);
	judged_release(&j);
}

/* An old card with two heads is two frame buffers. */
static void all_frame_buffers_of_the_card_are_its_own(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	made_screen_add_node(j.tree, GPU_PATH, "fb0");
	made_screen_add_node(j.tree, GPU_PATH "/second", "fb1");
	assert_console(&j, CONSOLE_GOES, "fb0", "");
	judged_release(&j);
}

/* The kernel moves it, and takes it from no card that stays. */
static void a_console_on_two_cards_is_left_to_the_kernel(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x038000");
	made_screen_add_node(j.tree, GPU_PATH, "fb1");
	assert_console(&j, CONSOLE_MOVES, "fb0", "fb1");
	assert_contains(judged_find(&j, "console-on-device", SCREEN)->message, "moves it to fb1");
	ASSERT_BIND(&j, RECORD, OVERRIDE, RELEASE, BIND, NODE);
	j.device = "01:00";
	assert_console(&j, CONSOLE_MOVES, "fb1", "fb0");
	judged_release(&j);
}

/* What is below no PCI function, a card on USB or vfb, is on no card that is asked about. */
static void a_frame_buffer_of_no_card_is_another_place_for_the_console(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	made_screen_add_node(j.tree, GPU_PATH, "fb0");
	made_screen_add_node(j.tree, "sys/devices/platform/vfb.0", "fb1");
	assert_console(&j, CONSOLE_MOVES, "fb0", "fb1");
	judged_release(&j);
}

/* Without its address in /proc/iomem the firmware's frame buffer may be on any card. */
static void a_console_that_may_be_anywhere_is_left_alone_and_this_is_said(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x038000");
	tree_write(j.tree, "proc/iomem", "c0000000-c0ffffff : " SCREEN "\n");
	made_screen_add_node(j.tree, GPU_PATH, "fb1");
	j.device = "01:00";
	assert_console(&j, CONSOLE_UNKNOWN, "fb1", "fb0");
	assert_contains(judged_find(&j, "console-on-device", GPU)->message, "cannot be told");
	judged_release(&j);
}

/* Of two devices neither is known to be the one in the BAR: none is released. */
static void of_two_firmware_devices_none_is_guessed(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	tree_mkdir(j.tree, "sys/devices/platform/simple-framebuffer.0");
	tree_link(j.tree, "sys/bus/platform/devices/simple-framebuffer.0",
		  "sys/devices/platform/simple-framebuffer.0");
	assert_console(&j, CONSOLE_STAYS, "", "");
	ASSERT_BIND(&j, RECORD, OVERRIDE, BIND, NODE);
	judged_release(&j);
}

/* Linux 7 puts the device below its card, and no range is needed. */
static void a_device_below_its_card_is_released(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	tree_remove(j.tree, FIRMWARE_FB_DIR);
	tree_link(j.tree, FIRMWARE_FB_DIR, SCREEN_PATH "/" FIRMWARE_FB);
	tree_link(j.tree, SCREEN_PATH "/" FIRMWARE_FB "/driver",
		  "sys/bus/platform/drivers/" FIRMWARE_FB_DRIVER);
	tree_write(j.tree, "proc/iomem", "c0000000-c0ffffff : " SCREEN "\n");
	ASSERT_BIND(&j, RECORD, OVERRIDE, CONSOLE, RELEASE, BIND, NODE);
	judged_release(&j);
}

static void what_cannot_be_given_back_is_said_before(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	judge_for(&j, ASSESS_BIND);
	assert_contains(judged_find(&j, "framebuffer-not-given-back", SCREEN)->message, "for good");
	assert_contains(judged_find(&j, "boot-framebuffer", SCREEN)->remedy,
			"bind releases the frame buffer");
	assert_contains(judged_find(&j, "console-on-device", SCREEN)->message, "vtcon1");
	tree_set(j.tree, SCREEN, "class", "0x038000");
	judge_for(&j, ASSESS_BIND);
	assert_contains(judged_find(&j, "framebuffer-not-given-back", SCREEN)->message,
			"screen mode");
	judged_release(&j);
}

static void what_was_not_given_back_is_said(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x030000");
	made_screen_remove(j.tree);
	host_bind_to_vfio(j.tree, SCREEN);
	tree_write(j.tree, "run/vfioadm/held/" SCREEN,
		   "address=" SCREEN "\nids=1234:1111\nsince=1\ndriver=\noverride=\n"
		   "framebuffer=" FIRMWARE_FB "\nframebuffer-driver=" FIRMWARE_FB_DRIVER "\n"
		   "console=vtcon1\n");
	judge_for(&j, ASSESS_UNBIND);
	assert_int_equal(j.findings.count, 1);
	assert_contains(judged_find(&j, "framebuffer-not-given-back", SCREEN)->message,
			"has removed");
	judged_release(&j);
}

/*
 * The kernel calls the only VGA card boot_vga, but the firmware's screen is on one of another class.
 */
static void boot_vga_alone_is_no_boot_gpu_where_the_firmware_draws_elsewhere(void **unused)
{
	struct judged j;

	(void)unused;
	screen_make(&j, "0x038000");
	tree_set(j.tree, GPU, "boot_vga", "1");
	j.device = "01:00";
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	/* Where that is not certain, it is. */
	tree_write(j.tree, "proc/iomem", "c0000000-c03e7fff : efifb\n");
	judge_for(&j, ASSESS_BIND);
	(void)judged_find(&j, "boot-gpu", GPU);
	tree_write(j.tree, "proc/iomem",
		   "c0000000-c0ffffff : " SCREEN "\n  c0000000-c03e7fff : efifb\n"
		   "d0000000-dfffffff : " GPU "\n  d0000000-d03e7fff : efifb\n");
	judge_for(&j, ASSESS_BIND);
	(void)judged_find(&j, "boot-gpu", GPU);
	judged_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_card_that_the_firmware_draws_on_all_is_released),
		cmocka_unit_test(of_another_card_nothing_of_it_is_touched),
		cmocka_unit_test(a_console_that_is_not_bound_needs_no_step),
		cmocka_unit_test(all_frame_buffers_of_the_card_are_its_own),
		cmocka_unit_test(a_console_on_two_cards_is_left_to_the_kernel),
		cmocka_unit_test(a_frame_buffer_of_no_card_is_another_place_for_the_console),
		cmocka_unit_test(a_console_that_may_be_anywhere_is_left_alone_and_this_is_said),
		cmocka_unit_test(of_two_firmware_devices_none_is_guessed),
		cmocka_unit_test(a_device_below_its_card_is_released),
		cmocka_unit_test(what_cannot_be_given_back_is_said_before),
		cmocka_unit_test(what_was_not_given_back_is_said),
		cmocka_unit_test(boot_vga_alone_is_no_boot_gpu_where_the_firmware_draws_elsewhere),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
