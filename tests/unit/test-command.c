/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/command.h"

static int run_shell(const char *script, const char *input, int timeout_ms,
		     struct command_output *output, struct error *err)
{
	struct strv argv = { 0 };
	int r;

	strv_add(&argv, "sh");
	strv_add(&argv, "-c");
	strv_add(&argv, script);
	r = command_capture(&argv, input, timeout_ms, output, err);
	strv_release(&argv);
	return r;
}

static void output_and_status(void **state)
{
	struct command_output output;
	struct error err;

	(void)state;
	assert_int_equal(run_shell("cat; echo no >&2; exit 7", "yes\n", 10000, &output, &err), 0);
	assert_string_equal(output.out, "yes\n");
	assert_string_equal(output.err, "no\n");
	assert_int_equal(output.status, 7);
	command_output_release(&output);
	assert_int_equal(run_shell("kill -9 $$", "", 10000, &output, &err), 0);
	assert_int_equal(output.status, 137);
	assert_string_equal(output.out, "");
	command_output_release(&output);
}

/* More than a pipe holds, both ways, and more than is kept. */
static void much(void **state)
{
	struct command_output output;
	struct error err;

	(void)state;
	assert_int_equal(run_shell("head -c 300000 /dev/zero | tr '\\0' x; "
				   "head -c 300000 /dev/zero | tr '\\0' y >&2", "", 30000, &output,
				   &err), 0);
	assert_int_equal(strlen(output.out), 300000);
	assert_int_equal(strlen(output.err), 300000);
	assert_int_equal(output.status, 0);
	command_output_release(&output);
}

static void deadline(void **state)
{
	struct command_output output;
	int64_t begin = clock_now_ms();
	struct error err;

	(void)state;
	assert_int_equal(run_shell("exec sleep 600", "", 100, &output, &err), -ETIMEDOUT);
	assert_true(clock_now_ms() - begin < 60000);
	assert_null(output.out);
}

static void no_program(void **state)
{
	struct command_output output;
	struct strv argv = { 0 };
	struct error err;

	(void)state;
	strv_add(&argv, "/no/such/program");
	assert_int_equal(command_capture(&argv, "", 1000, &output, &err), -ENOENT);
	assert_string_equal(err.msg, "/no/such/program: cannot be run: No such file or directory");
	strv_release(&argv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status),
		cmocka_unit_test(much),
		cmocka_unit_test(deadline),
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
