/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"
#include "support/test.h"

static const char *nearest(const char *text)
{
	static const char *const words[] = { "bind", "unbind", "memory", "machine", "topology",
					     "on" };

	return nearest_word(text, words, ARRAY_SIZE(words), sizeof(words[0]));
}

static void the_word_itself_is_the_nearest(void **unused)
{
	(void)unused;
	assert_string_equal(nearest("bind"), "bind");
	assert_string_equal(nearest("unbind"), "unbind");
}

static void a_letter_wrong_missing_or_too_many_is_near(void **unused)
{
	(void)unused;
	assert_string_equal(nearest("bjnd"), "bind");
	assert_string_equal(nearest("bnd"), "bind");
	assert_string_equal(nearest("binds"), "bind");
	assert_string_equal(nearest("memyro"), "memory");
	assert_string_equal(nearest("machin"), "machine");
	assert_string_equal(nearest("onn"), "on");
}

static void more_than_a_third_of_the_letters_is_not_near(void **unused)
{
	(void)unused;
	assert_string_equal(nearest("mexxry"), "memory");
	assert_null(nearest("mexxxy"));
	assert_string_equal(nearest("toxxlogy"), "topology");
	assert_null(nearest("toxxxogy"));
	assert_null(nearest("frobnicate"));
	assert_null(nearest(""));
}

static void the_nearer_of_two_wins(void **unused)
{
	static const char *const words[] = { "sockets", "sockers", "socket" };

	(void)unused;
	assert_string_equal(nearest_word("sockes", words, 3, sizeof(words[0])), "sockets");
	assert_string_equal(nearest_word("socker", words, 3, sizeof(words[0])), "sockers");
	assert_string_equal(nearest_word("soccet", words, 3, sizeof(words[0])), "socket");
}

static void a_text_of_any_length_is_compared(void **unused)
{
	char text[10001];

	(void)unused;
	memset(text, 'b', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_null(nearest(text));
}

static void words_are_read_out_of_a_table(void **unused)
{
	static const struct {
		const char *name;
		int number;
	} table[] = { { "list", 1 }, { "status", 2 }, { "recover", 3 } };

	(void)unused;
	assert_string_equal(nearest_word("statsu", &table[0].name, 3, sizeof(table[0])), "status");
	assert_string_equal(nearest_word("recovre", &table[0].name, 3, sizeof(table[0])),
			    "recover");
}

static void of_no_words_none_is_near(void **unused)
{
	(void)unused;
	assert_null(nearest_word("bind", NULL, 0, sizeof(char *)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_itself_is_the_nearest),
		cmocka_unit_test(a_letter_wrong_missing_or_too_many_is_near),
		cmocka_unit_test(more_than_a_third_of_the_letters_is_not_near),
		cmocka_unit_test(the_nearer_of_two_wins),
		cmocka_unit_test(a_text_of_any_length_is_compared),
		cmocka_unit_test(words_are_read_out_of_a_table),
		cmocka_unit_test(of_no_words_none_is_near),
	};

	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
