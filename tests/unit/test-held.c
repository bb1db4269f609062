/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/held.h"
#include "support/hosts.h"
#include "support/test.h"

#define HELD "run/vfioadm/held/"
#define BASE "address=0000:01:00.0\nids=1002:5159\nsince=1700000000\noverride=\n"

static struct tree *tree;

static int make_tree(void **state)
{
	(void)state;
	tree = tree_new();
	return 0;
}

static int free_tree(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

static const struct held radeon = {
	.addr = { 0, 1, 0, 0 },
	.vendor = 0x1002,
	.device = 0x5159,
	.driver = "radeon",
	.module = "radeon_mod",
	.override = "some=thing",
	.since = 1700000000,
	.claim = "gpu",
	.framebuffer = "efi-framebuffer.0",
	.framebuffer_driver = "efi-framebuffer",
	.console = "vtcon1",
};

static void assert_same(const struct held *a, const struct held *b)
{
	assert_int_equal(pci_addr_compare(a->addr, b->addr), 0);
	assert_int_equal(a->vendor, b->vendor);
	assert_int_equal(a->device, b->device);
	assert_string_equal(a->driver, b->driver);
	assert_string_equal(a->module, b->module);
	assert_string_equal(a->override, b->override);
	assert_int_equal(a->since, b->since);
	assert_string_equal(a->claim, b->claim);
	assert_string_equal(a->framebuffer, b->framebuffer);
	assert_string_equal(a->framebuffer_driver, b->framebuffer_driver);
	assert_string_equal(a->console, b->console);
}

static void round_trip(const struct held *held)
{
	char text[HELD_TEXT_MAX];
	struct held read;
	struct error err;

	held_format(held, text);
	assert_ok(held_parse("it", text, &read, &err), err);
	assert_same(held, &read);
}

static void a_record_is_read_as_it_was_written(void **unused)
{
	(void)unused;
	round_trip(&radeon);
}

static void a_record_of_a_device_that_had_nothing_is_read_as_it_was_written(void **unused)
{
	const struct held nothing = { .addr = { 0x10000, 0xe1, 0x1f, 7 } };

	(void)unused;
	round_trip(&nothing);
}

static void a_record_with_the_longest_names_is_read_as_it_was_written(void **unused)
{
	struct held longest = radeon;

	(void)unused;
	memset(longest.driver, 'd', sizeof(longest.driver) - 1);
	memset(longest.module, 'm', sizeof(longest.module) - 1);
	memset(longest.override, 'o', sizeof(longest.override) - 1);
	memset(longest.claim, 'c', sizeof(longest.claim) - 1);
	memset(longest.framebuffer, 'f', sizeof(longest.framebuffer) - 1);
	memset(longest.framebuffer_driver, 'g', sizeof(longest.framebuffer_driver) - 1);
	memset(longest.console, 'v', sizeof(longest.console) - 1);
	longest.addr.domain = 0xffffffff;
	longest.since = (time_t)INT64_MAX;
	round_trip(&longest);
}

static void a_record_is_lines_that_a_person_can_read(void **unused)
{
	char text[HELD_TEXT_MAX];

	(void)unused;
	held_format(&radeon, text);
	assert_contains(text, "address=0000:01:00.0\n");
	assert_contains(text, "ids=1002:5159\n");
	assert_contains(text, "since=1700000000\n");
	assert_contains(text, "driver=radeon\n");
}

static void a_damaged_record_is_refused_and_the_line_named(void **unused)
{
	static const char *const damaged[][2] = {
		{ BASE "driver", "driver" },           { BASE "colour=blue\n", "colour" },
		{ "address=0000:01:00\n", "address" }, { "address=\n", "address" },
		{ BASE "ids=1002\n", "ids" },          { BASE "since=-1\n", "since" },
		{ BASE "since=soon\n", "since" },      { BASE "=radeon\n", "\"\"" },
		{ BASE "\x01\x02\n", "\x01\x02" },
	};
	struct held held;
	struct error err;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		if (held_parse("0000:01:00.0", damaged[i][0], &held, &err) != -EINVAL)
			fail_msg("accepted: %s", damaged[i][0]);
		assert_contains(err.msg, "0000:01:00.0");
		assert_contains(err.msg, damaged[i][1]);
	}
}

static void a_record_with_a_name_too_long_is_refused(void **unused)
{
	char text[HELD_TEXT_MAX] = BASE "driver=";
	struct held held;
	struct error err;
	size_t len = strlen(text);

	(void)unused;
	memset(text + len, 'd', sizeof(held.driver));
	assert_int_equal(held_parse("it", text, &held, &err), -EINVAL);
	text[len + sizeof(held.driver) - 1] = '\0';
	assert_int_equal(held_parse("it", text, &held, &err), 0);
}

/* "had no driver" is a line with nothing behind it; a line that was lost is not that. */
static void a_record_that_lost_a_line_is_refused(void **unused)
{
	struct held held;
	struct error err;

	(void)unused;
	assert_int_equal(held_parse("it", BASE, &held, &err), -EINVAL);
	assert_contains(err.msg, "no driver");
	assert_int_equal(held_parse("it", BASE "driver=\n", &held, &err), 0);
	assert_string_equal(held.driver, "");
}

static void a_record_without_an_address_is_refused(void **unused)
{
	struct held held;
	struct error err;

	(void)unused;
	assert_int_equal(held_parse("it", "", &held, &err), -EINVAL);
	assert_int_equal(held_parse("it", "driver=radeon\nids=1002:5159\noverride=\n", &held, &err),
			 -EINVAL);
	assert_contains(err.msg, "no address");
}

static void without_a_directory_there_are_no_records(void **unused)
{
	struct held_list list;
	struct error err;

	(void)unused;
	assert_ok(held_list_read(tree_root(tree), &list, &err), err);
	assert_int_equal(list.count, 0);
	assert_null(held_list_find(&list, radeon.addr));
}

static void records_are_found_by_address_and_sorted(void **unused)
{
	struct held_list list;
	struct error err;

	(void)unused;
	tree_write(tree, HELD GPU2, "address=" GPU2 "\nids=1002:5159\nsince=2\noverride=\ndriver=b\n");
	tree_write(tree, HELD GPU, "address=" GPU "\nids=1002:5159\nsince=1\noverride=\ndriver=a\n");
	tree_write(tree, HELD "." AUDIO ".new", "half a reco");
	assert_ok(held_list_read(tree_root(tree), &list, &err), err);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[0].driver, "a");
	assert_string_equal(list.items[1].driver, "b");
	assert_string_equal(held_list_find(&list, (struct pci_addr){ 0, 2, 0, 0 })->driver, "b");
	assert_null(held_list_find(&list, (struct pci_addr){ 0, 1, 0, 1 }));
	held_list_release(&list);
	assert_int_equal(list.count, 0);
}

static void unreadable(const char *name, const char *text, const char *why)
{
	struct held_list list;
	struct error err;

	tree_write(tree, HELD GPU2, "address=" GPU2 "\nids=1002:5159\nsince=2\noverride=\ndriver=b\n");
	tree_write(tree, name, text);
	assert_int_equal(held_list_read(tree_root(tree), &list, &err), -EINVAL);
	assert_contains(err.msg, strrchr(name, '/') + 1);
	assert_contains(err.msg, why);
	assert_int_equal(list.count, 0);
	tree_remove(tree, name);
}

static void a_record_that_cannot_be_understood_is_an_error_that_names_its_file(void **unused)
{
	(void)unused;
	unreadable(HELD GPU, "what is this\n", "what is this");
	unreadable(HELD GPU, "", "address");
}

static void a_record_under_another_name_is_an_error(void **unused)
{
	(void)unused;
	unreadable(HELD GPU, "address=" AUDIO "\nids=1002:aa38\nsince=1\noverride=\ndriver=\n", AUDIO);
	unreadable(HELD "gpu", "address=" GPU "\nids=1002:5159\nsince=1\noverride=\ndriver=\n", GPU);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read_as_it_was_written),
		cmocka_unit_test(a_record_of_a_device_that_had_nothing_is_read_as_it_was_written),
		cmocka_unit_test(a_record_with_the_longest_names_is_read_as_it_was_written),
		cmocka_unit_test(a_record_is_lines_that_a_person_can_read),
		cmocka_unit_test(a_damaged_record_is_refused_and_the_line_named),
		cmocka_unit_test(a_record_with_a_name_too_long_is_refused),
		cmocka_unit_test(a_record_that_lost_a_line_is_refused),
		cmocka_unit_test(a_record_without_an_address_is_refused),
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(without_a_directory_there_are_no_records),
		WITH_TREE(records_are_found_by_address_and_sorted),
		WITH_TREE(a_record_that_cannot_be_understood_is_an_error_that_names_its_file),
		WITH_TREE(a_record_under_another_name_is_an_error),
	};

	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
