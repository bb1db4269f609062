/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "policy/setup-plan.h"
#include "support/test.h"

#define CLAIM "/etc/vfioadm/claims.d/gpu.conf"
#define GUEST "/etc/vfioadm/guests/win.conf"
#define GRUB  "/etc/default/grub"
#define WORD  "intel_iommu=on"

static struct strv update_grub;
static struct boot_file grub = { BOOT_EDIT_GRUB, (char *)GRUB, NULL, NULL, &update_grub, 1 };
static const char *const initramfs[] = { "update-initramfs", "-u", NULL };

static int set_up(void **state)
{
	(void)state;
	strv_add(&update_grub, "update-grub");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	strv_release(&update_grub);
	return 0;
}

/* "claim /etc/... - -> text", a line for each file, and each command. */
static char *describe(const struct setup_plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < plan->file_count; i++)
		fprintf(out, "%s %s %s -> %s\n", setup_part_to_string(plan->files[i].part),
			plan->files[i].path, plan->files[i].before ? plan->files[i].before : "-",
			plan->files[i].after);
	for (size_t i = 0; i < plan->command_count; i++) {
		for (size_t j = 0; j < plan->commands[i].argv.count; j++)
			fprintf(out, "%s ", plan->commands[i].argv.items[j]);
		fputs("\n", out);
	}
	fclose(out);
	return text;
}

static void expect(const struct setup_wishes *wishes, const char *wanted)
{
	_cleanup_free_ char *got = NULL;
	struct setup_plan plan;
	struct error err;

	assert_ok(setup_plan_make(wishes, &plan, &err), err);
	got = describe(&plan);
	assert_string_equal(got, wanted);
	setup_plan_release(&plan);
}

static void everything_is_planned_in_order(void **state)
{
	const struct setup_wishes wishes = {
		.claim_path = CLAIM, .claim_text = "C", .guest_path = GUEST, .guest_text = "G",
		.word = WORD, .boot = &grub, .initramfs = initramfs,
	};

	(void)state;
	grub.text = (char *)"GRUB_CMDLINE_LINUX_DEFAULT=\"\"";
	expect(&wishes, "claim " CLAIM " - -> C\n"
			"boot-loader " GRUB " GRUB_CMDLINE_LINUX_DEFAULT=\"\" -> "
			"GRUB_CMDLINE_LINUX_DEFAULT=\"" WORD "\"\n"
			"guest " GUEST " - -> G\n"
			"update-initramfs -u \nupdate-grub \n");
}

static void what_is_not_wished_is_not_planned(void **state)
{
	const struct setup_wishes none = { .claim_path = CLAIM, .boot = &grub };
	const struct setup_wishes claim = { .claim_path = CLAIM, .claim_text = "C", .boot = &grub };

	(void)state;
	expect(&none, "");
	expect(&claim, "claim " CLAIM " - -> C\n");
}

/* Whether update-grub was run after that is not known. */
static void a_word_that_is_there_only_runs_the_command(void **state)
{
	const struct setup_wishes wishes = { .word = WORD, .boot = &grub };

	(void)state;
	grub.text = (char *)"GRUB_CMDLINE_LINUX_DEFAULT=\"" WORD "\"";
	expect(&wishes, "update-grub \n");
}

static void a_file_that_is_not_understood_fails_the_plan(void **state)
{
	struct boot_file none = { 0 }, linked = grub;
	struct setup_wishes wishes = { .claim_path = CLAIM, .claim_text = "C", .word = WORD,
				       .boot = &grub };
	struct setup_plan plan;
	struct error err;

	(void)state;
	grub.text = (char *)"GRUB_CMDLINE_LINUX_DEFAULT=\"$A\"";
	assert_int_equal(setup_plan_make(&wishes, &plan, &err), -EINVAL);
	assert_contains(err.msg, GRUB ": line 1: ");
	assert_int_equal(plan.file_count, 0);
	wishes.boot = &none;
	assert_int_equal(setup_plan_make(&wishes, &plan, &err), -EINVAL);
	linked.why_not = (char *)"is a link";
	wishes.boot = &linked;
	assert_int_equal(setup_plan_make(&wishes, &plan, &err), -EINVAL);
	assert_string_equal(err.msg, "is a link");
}

static void where_a_file_stands_is_told_from_its_text(void **state)
{
	struct file_change made = { SETUP_CLAIM, NULL, NULL, (char *)"new" };
	struct file_change changed = { SETUP_BOOT_LOADER, NULL, (char *)"old", (char *)"new" };

	(void)state;
	assert_int_equal(file_change_standing(&made, NULL), FILE_AS_BEFORE);
	assert_int_equal(file_change_standing(&made, "new"), FILE_AS_AFTER);
	assert_int_equal(file_change_standing(&made, ""), FILE_OTHERWISE);
	assert_int_equal(file_change_standing(&changed, "old"), FILE_AS_BEFORE);
	assert_int_equal(file_change_standing(&changed, "new"), FILE_AS_AFTER);
	assert_int_equal(file_change_standing(&changed, "newer"), FILE_OTHERWISE);
	assert_int_equal(file_change_standing(&changed, NULL), FILE_OTHERWISE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_planned_in_order),
		cmocka_unit_test(what_is_not_wished_is_not_planned),
		cmocka_unit_test(a_word_that_is_there_only_runs_the_command),
		cmocka_unit_test(a_file_that_is_not_understood_fails_the_plan),
		cmocka_unit_test(where_a_file_stands_is_told_from_its_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
