/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "launch/backend.h"
#include "support/test.h"
#include "support/tree.h"

/* The programs are shell scripts in a made-up PATH; what they do they write there. */
static struct tree *tree;
static struct error err;

static int make_tree(void **state)
{
	_cleanup_free_ char *path = NULL;

	(void)state;
	tree = tree_new();
	tree_mkdir(tree, "bin");
	tree_mkdir(tree, "var/lib");
	path = xasprintf("%s/bin:/usr/bin:/bin", tree_path(tree));
	setenv("PATH", path, 1);
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

static void add_program(const char *name, const char *script)
{
	_cleanup_free_ char *file = xasprintf("bin/%s", name);
	_cleanup_free_ char *text = xasprintf("#!/bin/sh\ncd %s || exit 99\n%s\n", tree_path(tree),
					      script);
	_cleanup_free_ char *path = xasprintf("%s/%s", tree_path(tree), file);

	tree_write(tree, file, text);
	assert_int_equal(chmod(path, 0755), 0);
}

static struct backend *add_backend(struct backends *backends, const char *name)
{
	struct backend *backend = backends_add(backends);

	backend->name = xstrdup(name);
	backend->as_root = true;
	strv_add(&backend->argv, name);
	return backend;
}

/* Sleeps without a clock, and says that it is there. */
#define READY_AND_WAIT "echo ready >&3; while :; do read x <hold; done"

/* A pair in the socket's place, so that the script can say that it is ready. */
static int start(struct backend *backend)
{
	struct backend_options options = { .output_fd = -1 };
	char text[6];
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	options.listen_fd = fds[1];
	if (backend_start(backend, &options, &err) < 0)
		fail_msg("%s", err.msg);
	close(fds[1]);
	assert_int_equal(fd_read(fds[0], text, sizeof(text)), sizeof(text));
	return fds[0];
}

static void make_hold(void)
{
	_cleanup_free_ char *path = xasprintf("%s/hold", tree_path(tree));

	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	/* Open for both, or reading would end when a writer goes. */
	assert_true(open(path, O_RDWR | O_CLOEXEC) >= 0);
}

static void they_are_ended_in_reverse(void **state)
{
	struct backends backends = { 0 };
	_cleanup_free_ char *log = NULL;

	(void)state;
	make_hold();
	add_program("first", "trap 'echo first >>log; exit 0' TERM; " READY_AND_WAIT);
	add_program("second", "trap 'echo second >>log; exit 0' TERM; " READY_AND_WAIT);
	add_backend(&backends, "first");
	add_backend(&backends, "second");
	close(start(&backends.items[0]));
	close(start(&backends.items[1]));
	assert_int_equal(backends_check(&backends, &err), 0);
	backends_stop(&backends);
	log = tree_read(tree, "log");
	assert_string_equal(log, "second\nfirst\n");
	assert_int_equal(backends.items[0].pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	/* Once more is once too often, and does nothing. */
	backends_stop(&backends);
	backends_release(&backends);
}

static void one_that_does_not_listen_is_killed_with_its_children(void **state)
{
	struct backends backends = { 0 };
	char c;
	int fd;

	(void)state;
	make_hold();
	/* The child holds the socket open: the end of file tells when it is gone. */
	add_program("deaf", "trap '' TERM; (while :; do read x <hold; done) & " READY_AND_WAIT);
	add_backend(&backends, "deaf");
	fd = start(&backends.items[0]);
	backends_stop(&backends);
	assert_int_equal(fd_read(fd, &c, 1), 0);
	close(fd);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	backends_release(&backends);
}

static void what_outlives_the_program_is_ended(void **state)
{
	struct backends backends = { 0 };
	siginfo_t info;
	char c;
	int fd;

	(void)state;
	make_hold();
	add_program("parent", "(while :; do read x <hold; done) & echo ready >&3; exit 3");
	add_backend(&backends, "parent");
	fd = start(&backends.items[0]);
	assert_int_equal(waitid(P_PID, (id_t)backends.items[0].pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(backends_check(&backends, &err), -ECHILD);
	assert_non_null(strstr(err.msg, "parent: ended before the guest began, with status 3"));
	assert_int_equal(fd_read(fd, &c, 1), 0);
	close(fd);
	/* It is told once. */
	assert_int_equal(backends_check(&backends, &err), 0);
	backends_release(&backends);
}

static void one_that_cannot_start_says_so(void **state)
{
	struct backends backends = { 0 };
	struct backend_options options = { .output_fd = -1 };

	(void)state;
	add_backend(&backends, "no-such-program");
	options.listen_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(backend_start(&backends.items[0], &options, &err), -ENOENT);
	assert_string_equal(err.msg, "no-such-program: cannot be started: No such file or directory");
	assert_int_equal(backends.items[0].pid, 0);
	close(options.listen_fd);
	backends_release(&backends);
}

static int refuse(const struct backend *backend, void *data, struct error *ret)
{
	*(pid_t *)data = backend->pid;
	return error_set(ret, -ENOSPC, "not this one");
}

static void one_that_cannot_be_put_on_record_is_not_started(void **state)
{
	struct backends backends = { 0 };
	pid_t pid = 0;
	struct backend_options options = { .output_fd = -1, .started = refuse, .data = &pid };

	(void)state;
	add_program("unwanted", "echo unwanted >>unwanted-log");
	add_backend(&backends, "unwanted");
	options.listen_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(backend_start(&backends.items[0], &options, &err), -ENOSPC);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, 0), -1);
	assert_false(tree_has(tree, "unwanted-log"));
	close(options.listen_fd);
	backends_release(&backends);
}

static void load(struct guest *guest, const char *sections)
{
	_cleanup_free_ char *text =
		xasprintf("[guest]\nmemory=1G\n[firmware]\ncode=/code\n%s", sections);
	_cleanup_free_ char *path = xasprintf("%s/win.conf", tree_path(tree));

	tree_write(tree, "win.conf", text);
	if (guest_load(AT_FDCWD, path, guest, &err) < 0)
		fail_msg("%s", err.msg);
}

static char *words(const struct strv *argv)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < argv->count; i++)
		fprintf(out, "%s%s", i ? " " : "", argv->items[i]);
	fclose(out);
	return text;
}

/* What is planned for the sections: the command lines, one a line, then the problems. */
static void expect_plan(const char *sections, const char *commands, const char *problem)
{
	_cleanup_(strv_release) struct strv problems = { 0 };
	struct backends backends;
	struct guest guest;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	load(&guest, sections);
	backends_plan(&guest, &backends, &problems);
	for (size_t i = 0; i < backends.count; i++) {
		_cleanup_free_ char *command = words(&backends.items[i].argv);

		fprintf(out, "%s%s: %s\n", backends.items[i].name,
			backends.items[i].as_root ? " as root" : "", command);
	}
	fclose(out);
	assert_string_equal(text, commands);
	assert_int_equal(problems.count, problem ? 1 : 0);
	if (problem && !strstr(problems.items[0], problem))
		fail_msg("%s: does not say %s", problems.items[0], problem);
	free(text);
	backends_release(&backends);
	guest_release(&guest);
}

static void programs_are_asked_what_they_understand(void **state)
{
	static const char share[] = "[share s]\npath=/a,b\\c\n";

	(void)state;
	expect_plan("", "", NULL);
	add_program("swtpm", "echo '{ \"features\": [ \"tpm-1.2\", \"tpm-2.0\" ] }'");
	expect_plan("[tpm]\n", "swtpm: swtpm socket --tpm2 --tpmstate "
		    "dir=/var/lib/vfioadm/win_TPM,mode=0600 --ctrl type=unixio,fd=3 --terminate\n", NULL);
	add_program("swtpm", "echo '{ \"features\": [ \"tpm-1.2\" ] }'");
	expect_plan("[tpm]\n", "", "win.conf:5: [tpm]: swtpm does not say that it emulates a TPM 2.0");
	add_program("swtpm", "echo '\"tpm-2.0\"'; exit 1");
	expect_plan("[tpm]\n", "", "swtpm does not say");
	add_program("virtiofsd", "echo '    -o source=PATH   shared directory tree'");
	expect_plan(share, "share-s as root: virtiofsd --fd=3 -o "
		    "source=/a\\,b\\\\c,modcaps=-mknod,log_level=warn\n", NULL);
	add_program("virtiofsd", "echo '      --shared-dir <SHARED_DIR>'; echo '  -o source=' ");
	expect_plan(share, "share-s as root: virtiofsd --fd=3 --shared-dir=/a,b\\c --modcaps=-mknod "
		    "--log-level=warn\n", NULL);
	add_program("virtiofsd", "echo hello");
	expect_plan(share, "", "win.conf:5: [share s]: virtiofsd --help tells of neither");
}

static void a_program_that_is_missing_is_named_with_its_package(void **state)
{
	_cleanup_free_ char *before = xstrdup(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nowhere", 1);
	expect_plan("[tpm]\n", "", "win.conf:5: [tpm]: swtpm: no such program: install it (Debian: "
		    "apt install swtpm)");
	setenv("PATH", before, 1);
}

static void the_state_is_made_for_the_user_and_kept(void **state)
{
	struct qemu_user user = { .name = (char *)"test", .uid = geteuid(), .gid = getegid() };
	_cleanup_free_ char *text = NULL, *path = NULL;
	struct guest guest;
	struct stat st;

	(void)state;
	load(&guest, "[tpm]\n");
	assert_int_equal(backends_make_state(tree_path(tree), &guest, &user, &err), 0);
	path = xasprintf("%s/var/lib/vfioadm/win_TPM", tree_path(tree));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	tree_write(tree, "var/lib/vfioadm/win_TPM/tpm2-00.permall", "keys");
	if (geteuid() == 0) {
		_cleanup_free_ char *other = xasprintf("%s/other", tree_path(tree));
		_cleanup_free_ char *file = xasprintf("%s/tpm2-00.permall", path);
		_cleanup_free_ char *second = xasprintf("%s/second", path);

		/* A second name of a file elsewhere, as a hostile user might have left it. */
		tree_write(tree, "other", "");
		assert_int_equal(link(other, second), 0);
		user.uid = 4711;
		user.gid = 4712;
		assert_int_equal(backends_make_state(tree_path(tree), &guest, &user, &err), 0);
		assert_true(stat(path, &st) == 0 && st.st_uid == 4711 && st.st_gid == 4712);
		assert_true(stat(file, &st) == 0 && st.st_uid == 4711);
		assert_true(stat(other, &st) == 0 && st.st_uid == 0);
	} else {
		assert_int_equal(backends_make_state(tree_path(tree), &guest, &user, &err), 0);
	}
	text = tree_read(tree, "var/lib/vfioadm/win_TPM/tpm2-00.permall");
	assert_string_equal(text, "keys");
	tree_remove(tree, "var/lib/vfioadm/win_TPM");
	tree_link(tree, "var/lib/vfioadm/win_TPM", "/etc");
	assert_int_equal(backends_make_state(tree_path(tree), &guest, &user, &err), -ENOTDIR);
	guest_release(&guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_ended_in_reverse),
		cmocka_unit_test(one_that_does_not_listen_is_killed_with_its_children),
		cmocka_unit_test(what_outlives_the_program_is_ended),
		cmocka_unit_test(one_that_cannot_start_says_so),
		cmocka_unit_test(one_that_cannot_be_put_on_record_is_not_started),
		cmocka_unit_test(programs_are_asked_what_they_understand),
		cmocka_unit_test(a_program_that_is_missing_is_named_with_its_package),
		cmocka_unit_test(the_state_is_made_for_the_user_and_kept),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
