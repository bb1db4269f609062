/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/error.h"
#include "support/test.h"

static void setting_an_error_returns_its_code(void **unused)
{
	struct error err;

	(void)unused;
	assert_int_equal(error_set(&err, -EINVAL, "%s: not %d", "01:00.0", 7), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.msg, "01:00.0: not 7");
}

static void an_errno_is_put_into_words(void **unused)
{
	struct error err;

	(void)unused;
	assert_int_equal(error_errno(&err, -ENOENT, "/dev/vfio/%d: cannot open", 3), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_string_equal(err.msg, "/dev/vfio/3: cannot open: No such file or directory");
}

static void context_goes_in_front_and_the_code_stays(void **unused)
{
	struct error err;

	(void)unused;
	error_set(&err, -EIO, "inner");
	assert_int_equal(error_prefix(&err, "%s %d", "outer", 1), -EIO);
	assert_string_equal(err.msg, "outer 1: inner");
	assert_int_equal(error_prefix(&err, "top"), -EIO);
	assert_string_equal(err.msg, "top: outer 1: inner");
}

static void a_message_that_is_too_long_is_cut(void **unused)
{
	char text[3000];
	struct error err;

	(void)unused;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, -EIO, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	error_errno(&err, -EIO, "%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void a_prefix_cuts_the_end_of_a_long_message_only(void **unused)
{
	struct error err;

	(void)unused;
	memset(err.msg, 'x', sizeof(err.msg) - 1);
	err.msg[sizeof(err.msg) - 1] = '\0';
	err.code = -EIO;
	assert_int_equal(error_prefix(&err, "top"), -EIO);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	assert_memory_equal(err.msg, "top: xxx", 8);
	assert_int_equal(err.msg[sizeof(err.msg) - 2], 'x');
}

static void a_prefix_that_is_too_long_leaves_a_message_that_ends(void **unused)
{
	char text[3000];
	struct error err;

	(void)unused;
	memset(text, 'p', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t len = sizeof(err.msg) - 6; len <= sizeof(err.msg) + 2; len++) {
		error_set(&err, -EIO, "inner");
		assert_int_equal(error_prefix(&err, "%.*s", (int)len, text), -EIO);
		assert_true(memchr(err.msg, '\0', sizeof(err.msg)) != NULL);
		assert_memory_equal(err.msg, text, sizeof(err.msg) - 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_an_error_returns_its_code),
		cmocka_unit_test(an_errno_is_put_into_words),
		cmocka_unit_test(context_goes_in_front_and_the_code_stays),
		cmocka_unit_test(a_message_that_is_too_long_is_cut),
		cmocka_unit_test(a_prefix_cuts_the_end_of_a_long_message_only),
		cmocka_unit_test(a_prefix_that_is_too_long_leaves_a_message_that_ends),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
