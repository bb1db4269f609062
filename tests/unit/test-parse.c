/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/parse.h"
#include "support/test.h"

#define UNTOUCHED 0x5a5a5a5a

static void uint_is(const char *text, uint64_t max, uint64_t expected)
{
	uint64_t value = UNTOUCHED;

	assert_int_equal(parse_uint(text, max, &value), 0);
	assert_int_equal(value, expected);
}

static void uint_fails(const char *text, uint64_t max, int error)
{
	uint64_t value = UNTOUCHED;

	if (parse_uint(text, max, &value) != error)
		fail_msg("\"%s\"", text);
	assert_int_equal(value, UNTOUCHED);
}

static void a_number_is_digits_and_nothing_else(void **unused)
{
	static const char *const malformed[] = { "", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0",
						 "12a", "\t7", "\xd9\xa1" };

	(void)unused;
	uint_is("0", 10, 0);
	uint_is("007", 10, 7);
	uint_is("18446744073709551615", UINT64_MAX, UINT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		uint_fails(malformed[i], UINT64_MAX, -EINVAL);
}

static void a_number_above_the_largest_is_out_of_range(void **unused)
{
	(void)unused;
	uint_is("255", 255, 255);
	uint_fails("256", 255, -ERANGE);
	uint_fails("18446744073709551616", UINT64_MAX, -ERANGE);
	uint_fails("99999999999999999999999999", UINT64_MAX, -ERANGE);
	uint_fails("1", 0, -ERANGE);
}

static void hex_is(const char *text, size_t min, size_t max, uint64_t expected)
{
	uint64_t value = UNTOUCHED;

	assert_int_equal(parse_hex(text, min, max, &value), 0);
	assert_int_equal(value, expected);
}

static void hex_fails(const char *text, size_t min, size_t max)
{
	uint64_t value = UNTOUCHED;

	if (parse_hex(text, min, max, &value) != -EINVAL)
		fail_msg("\"%s\"", text);
	assert_int_equal(value, UNTOUCHED);
}

static void hexadecimal_has_its_number_of_digits_in_either_case(void **unused)
{
	(void)unused;
	hex_is("1002", 4, 4, 0x1002);
	hex_is("aBcDeF", 1, 8, 0xabcdef);
	hex_is("ffffffffffffffff", 1, 16, UINT64_MAX);
	hex_fails("102", 4, 4);
	hex_fails("10020", 4, 4);
	hex_fails("", 1, 4);
	hex_fails("0x12", 1, 4);
	hex_fails("12 ", 1, 4);
	hex_fails("-1", 1, 4);
	hex_fails("00g0", 4, 4);
	hex_fails("@b", 2, 2);
	hex_fails("\x01\x11", 2, 2);
	hex_fails("\xe1\xe2", 2, 2);
}

static void bool_is(const char *text, bool expected)
{
	bool value = !expected;

	assert_int_equal(parse_bool(text, &value), 0);
	assert_int_equal(value, expected);
}

static void yes_and_no_have_four_spellings(void **unused)
{
	static const char *const malformed[] = { "", "y", "yes ", "2", "10", "enabled" };
	bool value = true;

	(void)unused;
	bool_is("yes", true);
	bool_is("on", true);
	bool_is("true", true);
	bool_is("1", true);
	bool_is("no", false);
	bool_is("off", false);
	bool_is("false", false);
	bool_is("0", false);
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		assert_int_equal(parse_bool(malformed[i], &value), -EINVAL);
	assert_true(value);
}

static void size_is(const char *text, uint64_t unit, uint64_t expected)
{
	uint64_t value = UNTOUCHED;

	assert_int_equal(parse_size(text, unit, &value), 0);
	assert_int_equal(value, expected);
}

static void a_size_has_units_of_1024_and_a_default(void **unused)
{
	(void)unused;
	size_is("1K", 1, 1024);
	size_is("3000M", 1, UINT64_C(3000) << 20);
	size_is("3000m", 1, UINT64_C(3000) << 20);
	size_is("4G", 1, UINT64_C(4) << 30);
	size_is("2T", 1, UINT64_C(2) << 40);
	size_is("512", 1, 512);
	size_is("512", 1 << 20, UINT64_C(512) << 20);
	size_is("512K", 1 << 20, 512 << 10);
	size_is("0", 1 << 20, 0);
}

static void size_fails(const char *text, int error)
{
	uint64_t value = UNTOUCHED;

	if (parse_size(text, 1 << 20, &value) != error)
		fail_msg("\"%s\"", text);
	assert_int_equal(value, UNTOUCHED);
}

static void a_size_is_a_number_and_at_most_one_unit(void **unused)
{
	static const char *const malformed[] = {
		"", "K", "1KB", "1 K", " 1K", "-1K", "1.5G", "1P", "0x1K",
		"00000000000000000000000000000000000000000001",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		size_fails(malformed[i], -EINVAL);
}

static void a_size_above_64_bits_is_out_of_range_and_sets_nothing(void **unused)
{
	(void)unused;
	size_is("16777215T", 1, UINT64_C(16777215) << 40);
	size_fails("18446744073709551616", -ERANGE);
	size_fails("16777216T", -ERANGE);
	size_fails("18446744073709551615", -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_digits_and_nothing_else),
		cmocka_unit_test(a_number_above_the_largest_is_out_of_range),
		cmocka_unit_test(hexadecimal_has_its_number_of_digits_in_either_case),
		cmocka_unit_test(yes_and_no_have_four_spellings),
		cmocka_unit_test(a_size_has_units_of_1024_and_a_default),
		cmocka_unit_test(a_size_is_a_number_and_at_most_one_unit),
		cmocka_unit_test(a_size_above_64_bits_is_out_of_range_and_sets_nothing),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
