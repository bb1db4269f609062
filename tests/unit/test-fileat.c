/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "support/test.h"
#include "support/tree.h"

static int root(struct tree *tree)
{
	return tree_root(tree)->fd;
}

static int make_tree(void **state)
{
	*state = tree_new();
	return 0;
}

static int free_tree(void **state)
{
	tree_free(*state);
	return 0;
}

static void a_read_drops_the_newlines_at_the_end(void **state)
{
	char buf[32];

	tree_write(*state, "a", "radeon\n");
	assert_int_equal(fileat_read(root(*state), "a", buf, sizeof(buf)), 6);
	assert_string_equal(buf, "radeon");
	tree_write(*state, "a", "one\n\ntwo\n\n");
	assert_int_equal(fileat_read(root(*state), "a", buf, sizeof(buf)), 8);
	assert_string_equal(buf, "one\n\ntwo");
	tree_write(*state, "a", "\n");
	assert_int_equal(fileat_read(root(*state), "a", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	tree_write(*state, "a", "");
	assert_int_equal(fileat_read(root(*state), "a", buf, sizeof(buf)), 0);
}

static void a_read_stops_where_the_buffer_ends(void **state)
{
	char buf[5] = "????";

	tree_write(*state, "a", "0123456789");
	assert_int_equal(fileat_read(root(*state), "a", buf, sizeof(buf)), 4);
	assert_string_equal(buf, "0123");
}

static void what_cannot_be_read_is_told_by_its_errno(void **state)
{
	char buf[8], *text = NULL;

	assert_int_equal(fileat_read(root(*state), "absent", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(fileat_read(root(*state), "proc", buf, sizeof(buf)), -EISDIR);
	assert_int_equal(fileat_read_all(root(*state), "absent", 100, &text), -ENOENT);
	assert_int_equal(fileat_read_all(root(*state), "proc", 100, &text), -EISDIR);
	assert_null(text);
}

static void the_whole_file_is_read_whatever_its_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 8192, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_free_ char *text = xcalloc(sizes[i] + 1, 1), *read = NULL;

		memset(text, 'x', sizes[i]);
		tree_write(*state, "big", text);
		assert_int_equal(fileat_read_all(root(*state), "big", 100000, &read), sizes[i]);
		assert_string_equal(read, text);
	}
}

static void a_file_larger_than_allowed_is_refused(void **state)
{
	char *text = NULL;

	tree_write(*state, "a", "12345\n");
	assert_int_equal(fileat_read_all(root(*state), "a", 5, &text), -EFBIG);
	assert_null(text);
	assert_int_equal(fileat_read_all(root(*state), "a", 6, &text), 6);
	assert_string_equal(text, "12345\n");
	free(text);
}

static void a_link_is_read_to_its_last_component(void **state)
{
	char buf[16];

	tree_link_outside(*state, "link", "../../bus/pci/drivers/radeon");
	assert_int_equal(fileat_readlink_base(root(*state), "link", buf, sizeof(buf)), 6);
	assert_string_equal(buf, "radeon");
	tree_link_outside(*state, "plain", "radeon");
	assert_int_equal(fileat_readlink_base(root(*state), "plain", buf, sizeof(buf)), 6);
	assert_string_equal(buf, "radeon");
}

static void a_link_that_does_not_fit_or_is_none_is_an_error(void **state)
{
	char buf[7];

	tree_link_outside(*state, "fits", "a/radeon");
	tree_link_outside(*state, "too-long", "a/radeon2");
	tree_write(*state, "file", "");
	assert_int_equal(fileat_readlink_base(root(*state), "fits", buf, sizeof(buf)), 6);
	assert_int_equal(fileat_readlink_base(root(*state), "too-long", buf, sizeof(buf)),
			 -ENAMETOOLONG);
	assert_int_equal(fileat_readlink_base(root(*state), "file", buf, sizeof(buf)), -EINVAL);
	assert_int_equal(fileat_readlink_base(root(*state), "absent", buf, sizeof(buf)), -ENOENT);
}

/* O_PATH descriptors cannot be flushed; fileat_replace() wants the directory itself. */
static int open_directory(struct tree *tree, const char *path)
{
	int fd = openat(root(tree), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void assert_content(struct tree *tree, const char *path, const char *expected)
{
	_cleanup_free_ char *text = tree_read(tree, path);

	assert_string_equal(text, expected);
}

static void a_replaced_file_has_the_new_content_and_mode(void **state)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	tree_write(*state, "d/file", "the old content, which is longer");
	fd = open_directory(*state, "d");
	assert_int_equal(fileat_replace(fd, "file", "new\n", 4, 0600), 0);
	assert_content(*state, "d/file", "new\n");
	assert_int_equal(fstatat(fd, "file", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fileat_replace(fd, "another", "", 0, 0600), 0);
	assert_content(*state, "d/another", "");
}

static void who_has_the_old_file_open_keeps_the_old_content(void **state)
{
	_cleanup_close_ int fd = -1, old = -1;
	char buf[8] = "";

	tree_write(*state, "d/file", "old");
	fd = open_directory(*state, "d");
	old = openat(fd, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fileat_replace(fd, "file", "new", 3, 0600), 0);
	assert_int_equal(read(old, buf, sizeof(buf) - 1), 3);
	assert_string_equal(buf, "old");
}

static void assert_names(struct tree *tree, const char *expected)
{
	_cleanup_free_ char *snapshot = tree_snapshot(tree);
	const char *d = strstr(snapshot, "d/\n");

	assert_non_null(d);
	assert_contains(d, expected);
	assert_null(strstr(snapshot, ".new"));
}

static void what_a_crash_left_is_no_obstacle(void **state)
{
	_cleanup_close_ int fd = -1;

	tree_write(*state, "d/.file.new", "half of an earlier");
	fd = open_directory(*state, "d");
	assert_int_equal(fileat_replace(fd, "file", "new", 3, 0600), 0);
	assert_content(*state, "d/file", "new");
	assert_names(*state, "d/file = new");
}

static void a_link_is_replaced_and_not_followed(void **state)
{
	_cleanup_close_ int fd = -1;

	tree_write(*state, "victim", "untouched");
	tree_link(*state, "d/file", "victim");
	tree_link(*state, "d/.file.new", "victim");
	fd = open_directory(*state, "d");
	assert_int_equal(fileat_replace(fd, "file", "new", 3, 0600), 0);
	assert_content(*state, "victim", "untouched");
	assert_names(*state, "d/file = new");
}

static void a_replacement_that_fails_leaves_nothing_behind(void **state)
{
	_cleanup_close_ int fd = -1;

	tree_mkdir(*state, "d/file");
	fd = open_directory(*state, "d");
	assert_int_equal(fileat_replace(fd, "file", "new", 3, 0600), -EISDIR);
	assert_names(*state, "d/file/");
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	_cleanup_close_ int fd = open_directory(*state, ".");
	char name[300];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(fileat_replace(fd, name, "new", 3, 0600), -ENAMETOOLONG);
}

static void a_file_is_made_only_where_nothing_is(void **state)
{
	_cleanup_close_ int fd = -1;

	tree_write(*state, "d/other", "");
	fd = open_directory(*state, "d");
	assert_int_equal(fileat_create(fd, "made", "first", 5, 0600), 0);
	assert_int_equal(fileat_create(fd, "made", "second", 6, 0600), -EEXIST);
	assert_content(*state, "d/made", "first");
	assert_int_equal(symlinkat("/nowhere", fd, "link"), 0);
	assert_int_equal(fileat_create(fd, "link", "x", 1, 0600), -EEXIST);
	assert_int_equal(unlinkat(fd, "link", 0), 0);
	assert_int_equal(unlinkat(fd, "made", 0), 0);
	assert_int_equal(unlinkat(fd, "other", 0), 0);
	/* No temporary file is left: the directory is empty. */
	_cleanup_free_ char *path = xasprintf("%s/d", tree_path(*state));

	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(a_read_drops_the_newlines_at_the_end),
		WITH_TREE(a_read_stops_where_the_buffer_ends),
		WITH_TREE(what_cannot_be_read_is_told_by_its_errno),
		WITH_TREE(the_whole_file_is_read_whatever_its_size),
		WITH_TREE(a_file_larger_than_allowed_is_refused),
		WITH_TREE(a_link_is_read_to_its_last_component),
		WITH_TREE(a_link_that_does_not_fit_or_is_none_is_an_error),
		WITH_TREE(a_replaced_file_has_the_new_content_and_mode),
		WITH_TREE(who_has_the_old_file_open_keeps_the_old_content),
		WITH_TREE(what_a_crash_left_is_no_obstacle),
		WITH_TREE(a_link_is_replaced_and_not_followed),
		WITH_TREE(a_replacement_that_fails_leaves_nothing_behind),
		WITH_TREE(a_name_that_is_too_long_is_refused),
		WITH_TREE(a_file_is_made_only_where_nothing_is),
	};

	return cmocka_run_group_tests_name("fileat", tests, NULL, NULL);
}
