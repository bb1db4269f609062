/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ini.h"
#include "base/strv.h"

static char directory[] = "/tmp/vfioadm-ini.XXXXXX";
static int dirfd = -1;

/* Each line as "NUMBER[SECTION]" or "NUMBER[SECTION]KEY=VALUE". A key "stop" ends the parse. */
static int note(void *context, const struct ini_line *line, struct error *err)
{
	strv_addf(context, "%u[%s]%s%s%s", line->number, line->section, line->key ? line->key : "",
		  line->key ? "=" : "", line->key ? line->value : "");
	if (line->key && strcmp(line->key, "stop") == 0)
		return error_set(err, -EDOM, "%s:%u: stopped", line->file, line->number);
	return 0;
}

static int parse(const char *text, size_t len, struct strv *lines, struct error *err)
{
	int fd = openat(dirfd, "test.conf", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	return ini_read_file(dirfd, "test.conf", note, lines, err);
}

static void expect_lines(const char *text, const char *const *expected)
{
	struct strv lines = { 0 };
	struct error err = { 0 };
	size_t i;

	if (parse(text, strlen(text), &lines, &err) != 0)
		fail_msg("%s", err.msg);
	for (i = 0; expected[i]; i++) {
		assert_true(i < lines.count);
		assert_string_equal(lines.items[i], expected[i]);
	}
	assert_int_equal(lines.count, i);
	strv_release(&lines);
}

static void expect_error(const char *text, size_t len, const char *start)
{
	struct strv lines = { 0 };
	struct error err = { 0 };

	assert_int_equal(parse(text, len, &lines, &err), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	if (strncmp(err.msg, start, strlen(start)) != 0)
		fail_msg("\"%s\" does not start with \"%s\"", err.msg, start);
	strv_release(&lines);
}

#define EXPECT_LINES(text, ...)	  expect_lines(text, (const char *const[]){ __VA_ARGS__, NULL })
#define EXPECT_ERROR(text, start) expect_error(text, strlen(text), start)

static void lines_and_numbers(void **state)
{
	(void)state;
	EXPECT_LINES("\n# first\n[disk system]\n\nfile=/a b\n  format = raw \n[empty]\n[last]\nx=",
		     "3[disk system]", "5[disk system]file=/a b", "6[disk system]format=raw",
		     "7[empty]", "8[last]", "9[last]x=");
	EXPECT_LINES("early=1\r\n[s]\r\n", "1[]early=1", "2[s]");
	EXPECT_LINES("\xef\xbb\xbf[s]\n", "1[s]");
}

static void comments(void **state)
{
	(void)state;
	EXPECT_LINES("[s] # one\na=1 # two\n\t; three\nb=2\t;x\nc=a#b;c\ndd= # none\n", "1[s]",
		     "2[s]a=1", "4[s]b=2", "5[s]c=a#b;c", "6[s]dd=");
}

/* inih would join the indented line to the value before it. */
static void indentation(void **state)
{
	(void)state;
	EXPECT_LINES("[s]\na=1\n    b=2\n\tb=3\n", "1[s]", "2[s]a=1", "3[s]b=2", "4[s]b=3");
}

static void separators(void **state)
{
	(void)state;
	EXPECT_LINES("[s]\na=b=c\nt=127.0.0.1:5\n", "1[s]", "2[s]a=b=c", "3[s]t=127.0.0.1:5");
	EXPECT_ERROR("[s]\na:1\n", "test.conf:2: neither");
	EXPECT_ERROR("[s]\na:b=1\n", "test.conf:2: neither");
}

static void garbage(void **state)
{
	static const char nul[] = "[s]\na=1\0b=2\n";

	(void)state;
	EXPECT_ERROR("[s]\n\nword\n", "test.conf:3: neither");
	EXPECT_ERROR("[s]\n=1\n", "test.conf:2: neither");
	EXPECT_ERROR("\n[s\n", "test.conf:2: not a heading");
	EXPECT_ERROR("[]\n", "test.conf:1: not a heading");
	EXPECT_ERROR("[a] b\n", "test.conf:1: not a heading");
	EXPECT_ERROR("[a]]\n", "test.conf:1: not a heading");
	EXPECT_ERROR("[s]\na=\x1b[31m\n", "test.conf:2: has control");
	expect_error(nul, sizeof(nul) - 1, "test.conf:2: has control");
	EXPECT_LINES("[s]\na=\xff\xfe\xc3\n", "1[s]", "2[s]a=\xff\xfe\xc3");
}

static void every_byte_twice(void **state)
{
	struct strv lines = { 0 };
	struct error err;

	(void)state;
	for (int c = 0; c < 256; c++) {
		char text[] = { '[', 's', ']', '\n', 'a', '=', (char)c, (char)c, '\n', (char)c };
		int r = parse(text, sizeof(text), &lines, &err);

		assert_true(r == 0 || r == -EINVAL);
	}
	strv_release(&lines);
}

static void long_lines(void **state)
{
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "[s]\nfile=", 9);
	expect_error(text, sizeof(text), "test.conf:2: longer than");
	/* A comment may be of any length. */
	memcpy(text, "[s]\nfile=1 # ", 13);
	text[sizeof(text) - 1] = '\0';
	EXPECT_LINES(text, "1[s]", "2[s]file=1");
	/* A section's name of any length that fits the line arrives whole. */
	memcpy(text, "[", 1);
	memset(text + 1, 'n', 100);
	strcpy(text + 101, "]\n");
	struct strv lines = { 0 };
	struct error err;

	assert_int_equal(parse(text, strlen(text), &lines, &err), 0);
	assert_int_equal(strlen(lines.items[0]), strlen("1[]") + 100);
	strv_release(&lines);
}

static void handler_ends_it(void **state)
{
	struct strv lines = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(parse("[s]\nstop=1\nb=2\n", 15, &lines, &err), -EDOM);
	assert_string_equal(err.msg, "test.conf:2: stopped");
	assert_int_equal(lines.count, 2);
	strv_release(&lines);
}

static void missing_file(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(ini_read_file(dirfd, "absent.conf", note, NULL, &err), -ENOENT);
	assert_string_equal(err.msg, "absent.conf: cannot be read: No such file or directory");
	assert_int_equal(ini_read_file(AT_FDCWD, directory, note, NULL, &err), -EISDIR);
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	dirfd = open(directory, O_RDONLY | O_DIRECTORY);
	return dirfd < 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlinkat(dirfd, "test.conf", 0);
	close(dirfd);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_numbers), cmocka_unit_test(comments),
		cmocka_unit_test(indentation),	     cmocka_unit_test(separators),
		cmocka_unit_test(garbage),	     cmocka_unit_test(every_byte_twice),
		cmocka_unit_test(long_lines),	     cmocka_unit_test(handler_ends_it),
		cmocka_unit_test(missing_file),
	};

	return cmocka_run_group_tests_name("ini", tests, make_directory, remove_directory);
}
