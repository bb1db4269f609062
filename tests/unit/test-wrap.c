/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "base/wrap.h"
#include "support/test.h"

static char *wrapped(size_t width, size_t column, size_t indent, const char *text)
{
	char *ret = NULL;
	size_t size;
	FILE *out = xopen_memstream(&ret, &size);

	assert_int_equal(terminal_width(out), 0);
	put_wrapped(out, width, column, indent, text);
	fclose(out);
	return ret;
}

#define EXPECT(wanted, ...)                                                                        \
	do {                                                                                       \
		_cleanup_free_ char *got = wrapped(__VA_ARGS__);                                   \
                                                                                                   \
		assert_string_equal(got, wanted);                                                  \
	} while (0)

static void lines_are_broken_between_words(void **unused)
{
	(void)unused;
	EXPECT("one two\nthree", 9, 0, 0, "one two three");
	EXPECT("one two\n  three", 9, 0, 2, "one two three");
	EXPECT("one\n  two three", 11, 8, 2, "one two three");
	EXPECT("", 9, 0, 0, "");
}

static void a_word_that_is_wider_than_the_line_stays_whole(void **unused)
{
	(void)unused;
	EXPECT("a\n  /sys/bus/pci\n  b", 9, 0, 2, "a /sys/bus/pci b");
	EXPECT("/sys/bus/pci", 9, 2, 2, "/sys/bus/pci");
}

static void without_a_width_nothing_is_broken(void **unused)
{
	(void)unused;
	EXPECT("one two   three four", 0, 70, 0, "one two   three four");
}

static void a_command_stays_whole(void **unused)
{
	(void)unused;
	EXPECT("run\nmake all now\nor not", 12, 0, 0, "run   make all now   or not");
	EXPECT("run   a b   or\nc", 14, 0, 0, "run   a b   or c");
	EXPECT("run\nmake all now", 12, 0, 0, "run   make all now");
}

static void a_letter_of_several_bytes_is_one_column(void **unused)
{
	(void)unused;
	EXPECT("\u00e4\u00e4\u00e4 \u00fc\u00fc", 6, 0, 0, "\u00e4\u00e4\u00e4 \u00fc\u00fc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_broken_between_words),
		cmocka_unit_test(a_word_that_is_wider_than_the_line_stays_whole),
		cmocka_unit_test(without_a_width_nothing_is_broken),
		cmocka_unit_test(a_command_stays_whole),
		cmocka_unit_test(a_letter_of_several_bytes_is_one_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
