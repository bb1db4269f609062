/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "apply/guest-dir.h"
#include "apply/step-ops.h"
#include "base/alloc.h"
#include "policy/plan.h"
#include "support/test.h"
#include "support/tree.h"

#define DIRECTORY "run/vfioadm/guests"

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

static int fd(void)
{
	return tree_root(tree)->fd;
}

/* A process of the made-up host. Its name is as awkward as the kernel lets it be. */
static void set_process(int pid, char state, unsigned int start)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "proc/%d", pid);
	tree_mkdir(tree, path);
	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	snprintf(text, sizeof(text), "%d (a) S 1 (b c) %c 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
		 "%u 20 21 22\n", pid, state, start);
	tree_write(tree, path, text);
}

static struct running_guest record(pid_t supervisor, pid_t qemu)
{
	struct running_guest guest = {
		.supervisor = { supervisor, 100 }, .qemu = { qemu, 200 }, .since = 1700000000,
	};

	strv_add(&guest.devices, "0000:01:00.0");
	running_guest_add_backend(&guest, "swtpm", (struct process){ 33, 300 });
	running_guest_add_backend(&guest, "share-home", (struct process){ 44, 400 });
	return guest;
}

static void write_record(struct guest_dir *dir, pid_t supervisor, pid_t qemu)
{
	struct running_guest guest = record(supervisor, qemu);

	assert_ok(guest_dir_record(dir, &guest, &err), err);
	running_guest_release(&guest);
}

static void open_dir(struct guest_dir *dir)
{
	assert_ok(guest_dir_open(tree_root(tree), "win", dir, &err), err);
}

static void a_record_is_read_as_written(void **unused)
{
	_cleanup_(strv_release) struct strv problems = { 0 };
	struct running_guests guests;
	struct guest_dir dir;

	(void)unused;
	set_process(11, 'S', 100);
	set_process(22, 'R', 200);
	open_dir(&dir);
	write_record(&dir, 11, 22);
	guests = running_guests_read(tree_root(tree), &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(guests.count, 1);
	assert_string_equal(guests.items[0].name, "win");
	assert_int_equal(guests.items[0].supervisor.pid, 11);
	assert_int_equal(guests.items[0].qemu.pid, 22);
	assert_true(guests.items[0].supervised && guests.items[0].runs);
	assert_int_equal(guests.items[0].since, 1700000000);
	assert_int_equal(guests.items[0].devices.count, 1);
	assert_string_equal(guests.items[0].devices.items[0], "0000:01:00.0");
	assert_int_equal(guests.items[0].backend_count, 2);
	assert_string_equal(guests.items[0].backends[0].name, "swtpm");
	assert_int_equal(guests.items[0].backends[0].process.pid, 33);
	assert_string_equal(guests.items[0].backends[1].name, "share-home");
	assert_int_equal(guests.items[0].backends[1].process.start, 400);
	running_guests_release(&guests);
	assert_ok(guest_dir_clear(&dir, &err), err);
	guest_dir_close(&dir);
	guests = running_guests_read(tree_root(tree), &problems);
	assert_int_equal(guests.count, 0);
	running_guests_release(&guests);
}

static void a_record_that_cannot_be_removed_is_told(void **unused)
{
	struct guest_dir dir;

	(void)unused;
	open_dir(&dir);
	assert_ok(guest_dir_clear(&dir, &err), err);
	tree_mkdir(tree, "run/vfioadm/guests/win/guest");
	assert_true(guest_dir_clear(&dir, &err) < 0);
	assert_non_null(strstr(err.msg, "/run/vfioadm/guests/win/guest: cannot be removed"));
	assert_non_null(strstr(err.msg, "run vfioadm recover"));
	tree_remove(tree, "run/vfioadm/guests/win/guest");
	guest_dir_close(&dir);
}

static void another_process_of_that_number_is_not_it(void **unused)
{
	struct guest_dir dir;

	(void)unused;
	open_dir(&dir);
	write_record(&dir, 11, 22);
	set_process(22, 'S', 201);
	assert_ok(guest_dir_check_free(&dir, tree_root(tree), &err), err);
	set_process(22, 'Z', 200);
	assert_ok(guest_dir_check_free(&dir, tree_root(tree), &err), err);
	set_process(22, 'S', 200);
	assert_int_equal(guest_dir_check_free(&dir, tree_root(tree), &err), -EBUSY);
	assert_string_equal(err.msg, "guest win: its QEMU (pid 22) runs, and no vfioadm supervises "
				     "it: power the guest off, or kill 22, then run vfioadm recover");
	guest_dir_close(&dir);
}

static void one_at_a_time(void **unused)
{
	struct guest_dir dir, other;

	(void)unused;
	open_dir(&dir);
	assert_int_equal(guest_dir_open(tree_root(tree), "win", &other, &err), -EBUSY);
	set_process(22, 'S', 200);
	write_record(&dir, 11, 22);
	assert_int_equal(guest_dir_open(tree_root(tree), "win", &other, &err), -EBUSY);
	assert_string_equal(err.msg, "guest win: it runs already: QEMU is pid 22, its vfioadm pid "
				     "11");
	assert_ok(guest_dir_open(tree_root(tree), "other", &other, &err), err);
	guest_dir_close(&other);
	guest_dir_close(&dir);
	open_dir(&dir);
	guest_dir_close(&dir);
}

static void what_a_crash_left_is_for_recover(void **unused)
{
	struct guest_dir dir;

	(void)unused;
	open_dir(&dir);
	tree_write(tree, DIRECTORY "/win/journal", "");
	assert_int_equal(guest_dir_check_free(&dir, tree_root(tree), &err), -EEXIST);
	assert_ok(guest_dir_check_ended(&dir, tree_root(tree), &err), err);
	guest_dir_close(&dir);
}

static void refused(int code)
{
	struct guest_dir dir;

	assert_int_equal(guest_dir_open(tree_root(tree), "win", &dir, &err), code);
	assert_non_null(strstr(err.msg, DIRECTORY));
}

static void what_is_not_ours_is_refused(void **unused)
{
	(void)unused;
	tree_mkdir(tree, "run/vfioadm");
	tree_mkdir(tree, DIRECTORY);
	tree_mkdir(tree, DIRECTORY "/elsewhere");
	assert_int_equal(symlinkat("elsewhere", fd(), DIRECTORY "/win"), 0);
	refused(-ENOTDIR);
	assert_int_equal(unlinkat(fd(), DIRECTORY "/win", 0), 0);
	tree_write(tree, DIRECTORY "/win", "");
	refused(-ENOTDIR);
	assert_int_equal(unlinkat(fd(), DIRECTORY "/win", 0), 0);
	tree_mkdir(tree, DIRECTORY "/win");
	assert_int_equal(fchmodat(fd(), DIRECTORY "/win", 0777, 0), 0);
	refused(-EPERM);
	assert_int_equal(fchmodat(fd(), DIRECTORY "/win", 0755, 0), 0);
	assert_int_equal(fchmodat(fd(), DIRECTORY, 0777, 0), 0);
	refused(-EPERM);
	assert_int_equal(fchmodat(fd(), DIRECTORY, 0755, 0), 0);
	assert_int_equal(symlinkat("../elsewhere/lock", fd(), DIRECTORY "/win/lock"), 0);
	refused(-ELOOP);
}

static void damaged_records_are_named(void **unused)
{
	static const char *const texts[] = {
		"", "qemu=22 200\n", "supervisor=11\n", "supervisor=0 100\n",
		"supervisor=11 100\nqemu=-1 3\n", "supervisor=11 100\nbackend=swtpm 1\n",
		"supervisor=11 100\nbackend=swtpm\n", "supervisor=11 100\ndevice=card\n",
		"supervisor=11 100\nwhat=this\n", "supervisor=99999999999 1\n", "supervisor",
	};

	(void)unused;
	tree_mkdir(tree, "run/vfioadm");
	tree_mkdir(tree, DIRECTORY);
	tree_mkdir(tree, DIRECTORY "/win");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(strv_release) struct strv problems = { 0 };
		struct running_guests guests;

		tree_write(tree, DIRECTORY "/win/guest", texts[i]);
		guests = running_guests_read(tree_root(tree), &problems);
		assert_int_equal(guests.count, 0);
		assert_int_equal(problems.count, 1);
		assert_non_null(strstr(problems.items[0], DIRECTORY "/win/guest"));
		running_guests_release(&guests);
	}
}

static void foreign_things_are_left_out(void **unused)
{
	_cleanup_(strv_release) struct strv names = { 0 };

	(void)unused;
	tree_mkdir(tree, "run/vfioadm");
	tree_mkdir(tree, DIRECTORY);
	tree_write(tree, DIRECTORY "/file", "");
	tree_mkdir(tree, DIRECTORY "/.hidden");
	tree_mkdir(tree, DIRECTORY "/b");
	tree_mkdir(tree, DIRECTORY "/a");
	assert_int_equal(symlinkat("a", fd(), DIRECTORY "/link"), 0);
	names = running_guest_names(tree_root(tree));
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[0], "a");
	assert_string_equal(names.items[1], "b");
}

static void assert_owner(const char *path, uid_t uid)
{
	struct stat st;

	assert_int_equal(fstatat(fd(), path, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_uid, uid);
}

/* Lent and taken back; twice does no harm, and what someone else did in between stays. */
static void an_owner_is_changed_and_put_back(void **unused)
{
	const struct step_ops *ops = &step_ops[STEP_OWN];
	struct apply apply = { .root = tree_root(tree), .helper = HELPER_NONE };
	struct step_list plan = { 0 };

	(void)unused;
	if (geteuid() != 0)
		skip();
	tree_write(tree, "run/image", "");
	assert_ok(plan_own("/run/image", (struct owner){ 0, 0 }, (struct owner){ 4711, 4712 }, &plan,
			   &err), err);
	assert_int_equal(ops->check(&apply, plan.items, &err), STEP_TO_DO);
	assert_ok(ops->apply(&apply, plan.items, &err), err);
	assert_owner("run/image", 4711);
	assert_int_equal(ops->check(&apply, plan.items, &err), STEP_ALREADY);
	for (int i = 0; i < 2; i++) {
		assert_ok(ops->undo(&apply, plan.items, &err), err);
		assert_owner("run/image", 0);
	}
	assert_int_equal(fchownat(fd(), "run/image", 5, 5, 0), 0);
	assert_ok(ops->undo(&apply, plan.items, &err), err);
	assert_owner("run/image", 5);
	assert_int_equal(unlinkat(fd(), "run/image", 0), 0);
	assert_ok(ops->undo(&apply, plan.items, &err), err);
	tree_write(tree, "run/target", "");
	assert_int_equal(symlinkat("target", fd(), "run/image"), 0);
	assert_int_equal(ops->apply(&apply, plan.items, &err), -ELOOP);
	assert_owner("run/target", 0);
	step_list_release(&plan);
}

static void a_path_that_no_journal_can_hold_is_refused(void **unused)
{
	_cleanup_free_ char *path = xcalloc(1, 300);
	struct step_list plan = { 0 };
	struct owner owner = { 0, 0 };

	(void)unused;
	memset(path, 'x', 299);
	assert_int_equal(plan_own(path, owner, owner, &plan, &err), -ENAMETOOLONG);
	assert_int_equal(plan_own("/run/a\tb", owner, owner, &plan, &err), -ENAMETOOLONG);
	assert_int_equal(plan_own("/run/a\nb", owner, owner, &plan, &err), -ENAMETOOLONG);
	assert_int_equal(plan.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_tree, free_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record_is_read_as_written),
		TEST(a_record_that_cannot_be_removed_is_told),
		TEST(another_process_of_that_number_is_not_it),
		TEST(one_at_a_time),
		TEST(what_a_crash_left_is_for_recover),
		TEST(what_is_not_ours_is_refused),
		TEST(damaged_records_are_named),
		TEST(foreign_things_are_left_out),
		TEST(an_owner_is_changed_and_put_back),
		TEST(a_path_that_no_journal_can_hold_is_refused),
	};

	return cmocka_run_group_tests_name("guest-dir", tests, NULL, NULL);
}
