/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "report/diff.h"
#include "support/test.h"

static void expect(const char *before, const char *after, const char *wanted)
{
	_cleanup_free_ char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	text_diff(out, "/f", before, after);
	fclose(out);
	assert_string_equal(got, wanted);
}

#define EDIT "--- a/f\n+++ b/f\n"
#define MAKE "--- /dev/null\n+++ b/f\n"
#define LOSE "--- a/f\n+++ /dev/null\n"
#define CUT  "\\ No newline at end of file\n"

static void one_hunk_with_three_lines_of_context(void **state)
{
	(void)state;
	expect("a\n", "a\n", "");
	expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
	       EDIT "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	expect("a\n", "b\n", EDIT "@@ -1 +1 @@\n-a\n+b\n");
	expect("a\nb\n", "a\nb\nc\n", EDIT "@@ -1,2 +1,3 @@\n a\n b\n+c\n");
	expect("a\nb\n", "b\n", EDIT "@@ -1,2 +1 @@\n-a\n b\n");
	expect("a\nx\nx\n", "a\nx\n", EDIT "@@ -1,3 +1,2 @@\n a\n x\n-x\n");
}

static void files_that_come_and_go(void **state)
{
	(void)state;
	expect(NULL, "a\nb\n", MAKE "@@ -0,0 +1,2 @@\n+a\n+b\n");
	expect("a\n", NULL, LOSE "@@ -1 +0,0 @@\n-a\n");
	expect("", "a\n", EDIT "@@ -0,0 +1 @@\n+a\n");
}

static void a_last_line_that_is_cut(void **state)
{
	(void)state;
	expect("a\nb", "a\nb c", EDIT "@@ -1,2 +1,2 @@\n a\n-b\n" CUT "+b c\n" CUT);
	expect("a", "a\n", EDIT "@@ -1 +1 @@\n-a\n" CUT "+a\n");
	expect("a\nb", "z\nb", EDIT "@@ -1,2 +1,2 @@\n-a\n+z\n b\n" CUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hunk_with_three_lines_of_context),
		cmocka_unit_test(files_that_come_and_go),
		cmocka_unit_test(a_last_line_that_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
