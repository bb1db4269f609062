/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/setup-files.h"
#include "apply/setup-record.h"
#include "base/alloc.h"
#include "host/boot-files.h"
#include "support/test.h"
#include "support/tree.h"

#define GRUB   "etc/default/grub"
#define BACKUP GRUB SETUP_BACKUP_SUFFIX
#define RECORD "var/lib/vfioadm/setup/record.json"

static struct tree *tree;
static struct file_change grub = { SETUP_BOOT_LOADER, (char *)"/" GRUB, (char *)"old\n", (char *)"new\n" };
static struct file_change claim = { SETUP_CLAIM, (char *)"/etc/vfioadm/claims.d/gpu.conf", NULL,
				    (char *)"[claim]\n" };

static int set_up(void **state)
{
	(void)state;
	tree = tree_new();
	tree_write(tree, GRUB, "old\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

static void expect(const char *path, const char *wanted)
{
	_cleanup_free_ char *got = tree_has(tree, path) ? tree_read(tree, path) : NULL;

	if (wanted)
		assert_string_equal(got ? got : "(nothing)", wanted);
	else
		assert_null(got);
}

static struct stat status_of(const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(tree_root(tree)->fd, path, &st, 0), 0);
	return st;
}

static void a_change_and_back_leaves_nothing(void **state)
{
	_cleanup_free_ char *before = tree_snapshot(tree), *after = NULL;
	struct error err;

	(void)state;
	assert_ok(setup_file_write(tree_root(tree), &grub, &err), err);
	expect(GRUB, "new\n");
	expect(BACKUP, "old\n");
	assert_ok(setup_file_restore(tree_root(tree), &grub, FILE_AS_AFTER, &err), err);
	after = tree_snapshot(tree);
	assert_string_equal(after, before);
}

static void a_file_keeps_its_owner_and_mode_and_its_copy_has_them(void **state)
{
	static const char *const paths[] = { GRUB, BACKUP };
	bool root = geteuid() == 0;
	struct error err;

	(void)state;
	assert_int_equal(fchmodat(tree_root(tree)->fd, GRUB, 0640, 0), 0);
	if (root)
		assert_int_equal(fchownat(tree_root(tree)->fd, GRUB, 12, 34, 0), 0);
	assert_ok(setup_file_write(tree_root(tree), &grub, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct stat st = status_of(paths[i]);

		assert_int_equal(st.st_mode & 07777, 0640);
		if (root) {
			assert_int_equal(st.st_uid, 12);
			assert_int_equal(st.st_gid, 34);
		}
	}
}

static void an_older_copy_is_not_lost(void **state)
{
	struct error err;

	(void)state;
	tree_write(tree, BACKUP, "older\n");
	assert_ok(setup_file_write(tree_root(tree), &grub, &err), err);
	expect(BACKUP, "older\n");
	expect(BACKUP ".2", "old\n");
	assert_ok(setup_file_restore(tree_root(tree), &grub, FILE_AS_AFTER, &err), err);
	expect(BACKUP, "older\n");
	expect(BACKUP ".2", NULL);
}

static void a_new_file_gets_its_directories(void **state)
{
	struct error err;

	(void)state;
	assert_ok(setup_file_write(tree_root(tree), &claim, &err), err);
	expect("etc/vfioadm/claims.d/gpu.conf", "[claim]\n");
	assert_ok(setup_file_restore(tree_root(tree), &claim, FILE_AS_AFTER, &err), err);
	expect("etc/vfioadm/claims.d/gpu.conf", NULL);
}

static void what_was_edited_meanwhile_is_left(void **state)
{
	struct error err;

	(void)state;
	tree_write(tree, GRUB, "edited\n");
	assert_int_equal(setup_file_write(tree_root(tree), &grub, &err), -EAGAIN);
	assert_int_equal(setup_file_restore(tree_root(tree), &grub, FILE_AS_AFTER, &err), -EAGAIN);
	assert_contains(err.msg, "/" GRUB);
	expect(GRUB, "edited\n");
	expect(BACKUP, NULL);
	tree_write(tree, "etc/vfioadm/claims.d/gpu.conf", "mine\n");
	assert_int_equal(setup_file_write(tree_root(tree), &claim, &err), -EAGAIN);
	assert_int_equal(setup_file_restore(tree_root(tree), &claim, FILE_AS_AFTER, &err), -EAGAIN);
	expect("etc/vfioadm/claims.d/gpu.conf", "mine\n");
}

static void what_a_kill_has_left_goes(void **state)
{
	static const char *const others[] = { "etc/default/.grub", "etc/default/.grub.d.new2",
					      "etc/default/.grubx.new", "etc/default/grub.new" };
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		tree_write(tree, others[i], "");
	before = tree_snapshot(tree);
	tree_write(tree, BACKUP, "old\n");
	tree_write(tree, "etc/default/.grub.new", "");
	tree_write(tree, "etc/default/.grub.vfioadm-old.123", "");
	assert_ok(setup_file_restore(tree_root(tree), &grub, FILE_AS_BEFORE, &err), err);
	after = tree_snapshot(tree);
	assert_string_equal(after, before);
}

static void a_link_is_not_replaced(void **state)
{
	struct error err;

	(void)state;
	tree_write(tree, "etc/real", "old\n");
	tree_remove(tree, GRUB);
	tree_link(tree, GRUB, "etc/real");
	assert_true(setup_file_write(tree_root(tree), &grub, &err) < 0);
	expect("etc/real", "old\n");
}

static void a_record_is_read_as_it_was_written(void **state)
{
	struct setup_record record = { .gpu = xstrdup("0000:01:00.0"), .word = xstrdup("a=b"),
				       .boot_id = xstrdup("1-2"), .undoing = true };
	struct setup_record got;
	struct setup_command *command = setup_plan_add_command(&record.plan);
	struct error err;

	(void)state;
	tree_mkdir(tree, "var/lib");
	strv_add(&command->argv, "update-grub");
	command->done = true;
	setup_plan_add_file(&record.plan, SETUP_GUEST, "/g", NULL, xstrdup("\"\\\n\303\244\377"));
	setup_plan_add_file(&record.plan, SETUP_BOOT_LOADER, "/b", xstrdup("x"), xstrdup("y"));
	assert_int_equal(setup_record_read(tree_root(tree), &got, &err), 0);
	assert_ok(setup_record_write(tree_root(tree), &record, &err), err);
	assert_int_equal(status_of(RECORD).st_mode & 07777, 0600);
	assert_int_equal(setup_record_read(tree_root(tree), &got, &err), 1);
	assert_string_equal(got.gpu, "0000:01:00.0");
	assert_string_equal(got.word, "a=b");
	assert_string_equal(got.boot_id, "1-2");
	assert_null(got.guest);
	assert_true(got.undoing);
	assert_int_equal(got.plan.file_count, 2);
	assert_int_equal(got.plan.files[0].part, SETUP_GUEST);
	assert_null(got.plan.files[0].before);
	assert_string_equal(got.plan.files[0].after, "\"\\\n\303\244\377");
	assert_string_equal(got.plan.files[1].before, "x");
	assert_int_equal(got.plan.command_count, 1);
	assert_string_equal(got.plan.commands[0].argv.items[0], "update-grub");
	assert_true(got.plan.commands[0].done);
	setup_record_release(&got);
	assert_ok(setup_record_remove(tree_root(tree), &err), err);
	assert_int_equal(setup_record_read(tree_root(tree), &got, &err), 0);
	setup_record_release(&record);
}

static void a_record_that_is_damaged_is_not_believed(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "{}", "{\"gpu\": \"a\", \"files\": [{\"part\": \"claim\"}]}",
		"{\"gpu\": \"a\", \"files\": [{\"part\": \"x\", \"path\": \"/a\", \"after\": \"\"}]}",
		"{\"gpu\": \"a\", \"files\": [{\"part\": \"claim\", \"path\": \"a\", \"after\": \"\"}]}",
		"{\"gpu\": \"a\", \"commands\": [{\"argv\": []}]}",
		"{\"gpu\": \"a\", \"commands\": [{\"argv\": [1]}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct setup_record got;
		struct error err;

		tree_write(tree, RECORD, texts[i]);
		assert_true(setup_record_read(tree_root(tree), &got, &err) < 0);
		assert_contains(err.msg, RECORD);
	}
}

/* "grub /etc/default/grub: update-grub; ", or "systemd-boot, but WHY" */
static void expect_boot_file(const char *wanted)
{
	struct platform platform = { 0 };
	struct unknowns unknowns = { 0 };
	_cleanup_free_ char *got = NULL;
	struct boot_file file;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	platform_read(tree_root(tree), &platform, &unknowns);
	boot_file_read(tree_root(tree), &platform, &file);
	fprintf(out, "%s", boot_edit_to_string(file.edit));
	if (file.why_not)
		fprintf(out, ", but %s", file.why_not);
	else if (file.path)
		fprintf(out, " %s:", file.path);
	for (size_t i = 0; !file.why_not && i < file.command_count; i++) {
		for (size_t j = 0; j < file.commands[i].count; j++)
			fprintf(out, " %s", file.commands[i].items[j]);
		fputs(";", out);
	}
	fclose(out);
	assert_string_equal(got, wanted);
	boot_file_release(&file);
	platform_release(&platform);
	unknowns_release(&unknowns);
}

static void grub_is_found_with_what_makes_its_menu(void **state)
{
	(void)state;
	expect_boot_file("grub, but there is no update-grub and no grub-mkconfig");
	tree_write(tree, "usr/bin/grub-mkconfig", "");
	expect_boot_file("grub /etc/default/grub: grub-mkconfig -o /boot/grub/grub.cfg;");
	tree_write(tree, "usr/sbin/grub2-mkconfig", "");
	expect_boot_file("grub /etc/default/grub: grub2-mkconfig -o /boot/grub2/grub.cfg;");
	tree_write(tree, "usr/sbin/update-grub", "");
	expect_boot_file("grub /etc/default/grub: update-grub;");
	tree_write(tree, "etc/default/grub.d/10.cfg", "GRUB_TIMEOUT=1\n");
	tree_write(tree, "etc/default/grub.d/old.cfg.bak", "GRUB_CMDLINE_LINUX=a\n");
	expect_boot_file("grub /etc/default/grub: update-grub;");
	tree_write(tree, "etc/default/grub.d/kdump.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT a\"\n");
	expect_boot_file("grub, but /etc/default/grub.d/kdump.cfg changes GRUB_CMDLINE_LINUX, too");
	tree_remove(tree, "etc/default/grub.d");
	tree_remove(tree, GRUB);
	tree_write(tree, "etc/real", "old\n");
	tree_link(tree, GRUB, "etc/real");
	expect_boot_file("grub, but /etc/default/grub is a symbolic link to ../../etc/real");
	tree_write(tree, "usr/sbin/grubby", "");
	expect_boot_file("none");
}

static void systemd_boot_is_found_with_its_kernels(void **state)
{
	(void)state;
	tree_remove(tree, GRUB);
	tree_write(tree, "etc/kernel/cmdline", "root=a\n");
	tree_mkdir(tree, "lib/modules/6.1");
	expect_boot_file("systemd-boot, but there is no kernel-install");
	tree_write(tree, "usr/bin/kernel-install", "");
	expect_boot_file("systemd-boot, but no kernel is found that kernel-install could be given");
	tree_write(tree, "boot/vmlinuz-6.1", "");
	tree_write(tree, "lib/modules/6.2/vmlinuz", "");
	tree_mkdir(tree, "lib/modules/6.3");
	expect_boot_file("systemd-boot /etc/kernel/cmdline: kernel-install add 6.1 /boot/vmlinuz-6.1; "
			 "kernel-install add 6.2 /lib/modules/6.2/vmlinuz;");
	tree_write(tree, "etc/NIXOS", "");
	expect_boot_file("none");
	tree_write(tree, "run/ostree-booted", "");
	expect_boot_file("none");
}

static void of_entries_the_one_that_is_booted_is_found(void **state)
{
	(void)state;
	tree_remove(tree, GRUB);
	tree_mkdir(tree, "efi/loader/entries");
	expect_boot_file("systemd-boot, but which entry of /efi/loader/entries is booted cannot be told");
	tree_write(tree, "efi/loader/entries/arch.conf", "options a\n");
	tree_write(tree, "efi/loader/entries/arch.conf.vfioadm-old", "options a\n");
	expect_boot_file("systemd-boot /efi/loader/entries/arch.conf:");
	tree_write(tree, "efi/loader/entries/fallback.conf", "options a\n");
	expect_boot_file("systemd-boot, but which entry of /efi/loader/entries is booted cannot be told");
	tree_write(tree, "efi/loader/loader.conf", "#default fallback\ndefault arch\ntimeout 3\n");
	expect_boot_file("systemd-boot /efi/loader/entries/arch.conf:");
	tree_write(tree, "efi/loader/loader.conf", "default fall*\n");
	expect_boot_file("systemd-boot /efi/loader/entries/fallback.conf:");
	tree_write(tree, "efi/loader/loader.conf", "default *\n");
	expect_boot_file("systemd-boot, but which entry of /efi/loader/entries is booted cannot be told");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_and_back_leaves_nothing),
		TEST(a_file_keeps_its_owner_and_mode_and_its_copy_has_them),
		TEST(an_older_copy_is_not_lost),
		TEST(a_new_file_gets_its_directories),
		TEST(what_was_edited_meanwhile_is_left),
		TEST(what_a_kill_has_left_goes),
		TEST(a_link_is_not_replaced),
		TEST(a_record_is_read_as_it_was_written),
		TEST(a_record_that_is_damaged_is_not_believed),
		TEST(grub_is_found_with_what_makes_its_menu),
		TEST(systemd_boot_is_found_with_its_kernels),
		TEST(of_entries_the_one_that_is_booted_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
