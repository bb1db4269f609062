/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/state.h"
#include "base/alloc.h"
#include "support/test.h"
#include "support/tree.h"

static struct tree *tree;
static struct error err;

static int make_tree(void **unused)
{
	(void)unused;
	tree = tree_new();
	return 0;
}

static int free_tree(void **unused)
{
	(void)unused;
	tree_free(tree);
	return 0;
}

static int open_state(struct state *state)
{
	*state = (struct state)STATE_CLOSED;
	return state_open(tree_root(tree), "bind", state, &err);
}

static void set_mode(const char *path, mode_t mode)
{
	assert_int_equal(fchmodat(tree_root(tree)->fd, path, mode, 0), 0);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(tree_root(tree)->fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void the_directory_is_made_and_can_be_opened_again(void **unused)
{
	struct state state;

	(void)unused;
	for (int i = 0; i < 2; i++) {
		assert_ok(open_state(&state), err);
		assert_true(state.dirfd >= 0 && state.held_fd >= 0 && state.lock_fd >= 0);
		state_close(&state);
		assert_int_equal(state.dirfd, -1);
	}
	assert_true(tree_has(tree, "run/vfioadm/held"));
	assert_int_equal(mode_of("run/vfioadm") & (S_IWGRP | S_IWOTH), 0);
	assert_int_equal(mode_of("run/vfioadm/held") & (S_IWGRP | S_IWOTH), 0);
}

static void a_umask_does_not_open_the_directory_to_others(void **unused)
{
	struct state state;
	mode_t old = umask(0);

	(void)unused;
	assert_ok(open_state(&state), err);
	umask(old);
	assert_int_equal(mode_of("run/vfioadm"), 0755);
	assert_int_equal(mode_of("run/vfioadm/held"), 0755);
	assert_int_equal(mode_of("run/vfioadm/lock"), 0644);
	state_close(&state);
}

static void one_that_was_never_opened_can_be_closed(void **unused)
{
	struct state state = STATE_CLOSED;

	(void)unused;
	state_close(&state);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

static void refused(int expected, const char *named)
{
	struct state state;
	int r = open_state(&state);

	if (r == 0)
		fail_msg("%s was trusted", named);
	assert_int_equal(r, expected);
	assert_contains(err.msg, named);
	assert_int_equal(state.dirfd, -1);
	assert_int_equal(state.lock_fd, -1);
}

static void what_others_can_write_to_is_not_trusted(void **unused)
{
	static const mode_t modes[] = { 0777, 0775, 0757, 01777 };

	(void)unused;
	tree_mkdir(tree, "run/vfioadm");
	tree_mkdir(tree, "run/vfioadm/held");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		set_mode("run/vfioadm", modes[i]);
		refused(-EPERM, "/run/vfioadm");
		set_mode("run/vfioadm", 0755);
		set_mode("run/vfioadm/held", modes[i]);
		refused(-EPERM, "/run/vfioadm/held");
		set_mode("run/vfioadm/held", 0755);
	}
}

static void what_is_above_it_is_not_trusted_either(void **unused)
{
	(void)unused;
	set_mode("run", 0777);
	refused(-EPERM, "/run");
}

static void what_belongs_to_someone_else_is_not_trusted(void **unused)
{
	(void)unused;
	if (geteuid() != 0)
		skip();
	tree_mkdir(tree, "run/vfioadm");
	assert_int_equal(fchownat(tree_root(tree)->fd, "run/vfioadm", 65534, 65534, 0), 0);
	refused(-EPERM, "/run/vfioadm");
}

static void a_link_in_place_of_a_directory_is_not_followed(void **unused)
{
	struct state state;

	(void)unused;
	tree_mkdir(tree, "elsewhere");
	tree_link(tree, "run/vfioadm", "elsewhere");
	assert_true(open_state(&state) < 0);
	tree_remove(tree, "run/vfioadm");
	tree_mkdir(tree, "run/vfioadm");
	tree_link(tree, "run/vfioadm/held", "elsewhere");
	assert_true(open_state(&state) < 0);
	assert_false(tree_has(tree, "elsewhere/held"));
	assert_false(tree_has(tree, "elsewhere/lock"));
}

static void a_link_in_place_of_the_lock_is_not_followed(void **unused)
{
	_cleanup_free_ char *text = NULL;
	struct state state;

	(void)unused;
	tree_mkdir(tree, "run/vfioadm");
	tree_write(tree, "victim", "untouched");
	tree_link(tree, "run/vfioadm/lock", "victim");
	assert_true(open_state(&state) < 0);
	text = tree_read(tree, "victim");
	assert_string_equal(text, "untouched");
}

static void without_a_run_directory_there_is_no_state(void **unused)
{
	(void)unused;
	tree_remove(tree, "run");
	refused(-ENOENT, "/run");
}

/* A vfioadm that holds the lock until it is killed. */
static pid_t start_another(const char *purpose)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct state state;

		close(ready[0]);
		if (state_open(tree_root(tree), purpose, &state, &err) == 0)
			(void)!write(ready[1], "r", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void another_vfioadm_at_work_is_named(void **unused)
{
	pid_t pid = start_another("launch win");
	_cleanup_free_ char *number = xasprintf("%d", (int)pid);
	struct state state;
	int r = open_state(&state);

	(void)unused;
	stop(pid);
	assert_int_equal(r, -EBUSY);
	assert_contains(err.msg, "launch win");
	assert_contains(err.msg, number);
	assert_int_equal(state.lock_fd, -1);
}

static void the_lock_goes_with_the_process(void **unused)
{
	struct state state;
	pid_t pid = start_another("bind");

	(void)unused;
	assert_int_equal(open_state(&state), -EBUSY);
	stop(pid);
	assert_ok(open_state(&state), err);
	state_close(&state);
}

static void a_state_that_is_closed_lets_another_in(void **unused)
{
	struct state state;

	(void)unused;
	assert_ok(open_state(&state), err);
	state_close(&state);
	stop(start_another("bind"));
}

static void the_lock_names_only_who_has_it_now(void **unused)
{
	_cleanup_free_ char *text = NULL, *expected = NULL;
	struct state state;

	(void)unused;
	stop(start_another("launch a-guest-with-a-long-name"));
	assert_ok(open_state(&state), err);
	text = tree_read(tree, "run/vfioadm/lock");
	expected = xasprintf("vfioadm bind (pid %d)\n", (int)getpid());
	assert_string_equal(text, expected);
	state_close(&state);
}

static void a_state_is_not_inherited_over_exec(void **unused)
{
	struct state state;

	(void)unused;
	assert_ok(open_state(&state), err);
	assert_true(fcntl(state.dirfd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(state.held_fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(state.lock_fd, F_GETFD) & FD_CLOEXEC);
	state_close(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(the_directory_is_made_and_can_be_opened_again),
		WITH_TREE(a_umask_does_not_open_the_directory_to_others),
		WITH_TREE(one_that_was_never_opened_can_be_closed),
		WITH_TREE(what_others_can_write_to_is_not_trusted),
		WITH_TREE(what_is_above_it_is_not_trusted_either),
		WITH_TREE(what_belongs_to_someone_else_is_not_trusted),
		WITH_TREE(a_link_in_place_of_a_directory_is_not_followed),
		WITH_TREE(a_link_in_place_of_the_lock_is_not_followed),
		WITH_TREE(without_a_run_directory_there_is_no_state),
		WITH_TREE(another_vfioadm_at_work_is_named),
		WITH_TREE(the_lock_goes_with_the_process),
		WITH_TREE(a_state_that_is_closed_lets_another_in),
		WITH_TREE(the_lock_names_only_who_has_it_now),
		WITH_TREE(a_state_is_not_inherited_over_exec),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
