/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "launch/firmware.h"

#define SHARE "/usr/share/qemu/firmware/"
#define ETC   "/etc/qemu/firmware/"

static char root[] = "/tmp/vfioadm-firmware.XXXXXX";

/* Write a file below the root, and the directories above it. */
static void put(const char *path, const char *text)
{
	_cleanup_free_ char *full = xasprintf("%s%s", root, path);
	_cleanup_close_ int fd = -1;

	for (char *slash = full + strlen(root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* A descriptor as a distribution writes it, and its code and template. */
static void put_descriptor(const char *path, const char *name, const char *format,
			   const char *machines, const char *features)
{
	_cleanup_free_ char *code = xasprintf("/fw/%s.CODE", name);
	_cleanup_free_ char *vars = xasprintf("/fw/%s.VARS", name);
	_cleanup_free_ char *text = xasprintf(
		"{ \"description\": \"x\", \"interface-types\": [ \"uefi\" ], \"mapping\": {"
		"\"device\": \"flash\", "
		"\"executable\": { \"filename\": \"%s\", \"format\": \"%s\" },"
		"\"nvram-template\": { \"filename\": \"%s\", \"format\": \"%s\" } }, \"targets\": ["
		"{ \"architecture\": \"x86_64\", \"machines\": [ %s ] } ], \"features\": [ %s ],"
		"\"tags\": [] }",
		code, format, vars, format, machines, features);

	put(path, text);
	put(code, "code");
	put(vars, "template");
}

/* The three of Debian 12: the first in order has Secure Boot switched on. */
static void put_debian(void)
{
	put_descriptor(SHARE "40-secure-enrolled.json", "enrolled", "raw", "\"pc-q35-*\"",
		       "\"acpi-s3\", \"amd-sev\", \"enrolled-keys\", \"requires-smm\", "
		       "\"secure-boot\"");
	put_descriptor(SHARE "50-secure.json", "secure", "raw", "\"pc-q35-*\"",
		       "\"acpi-s3\", \"requires-smm\", \"secure-boot\"");
	put_descriptor(SHARE "60-plain.json", "plain", "raw", "\"pc-i440fx-*\", \"pc-q35-*\"",
		       "\"acpi-s3\", \"amd-sev\", \"verbose-dynamic\"");
}

static void load(const char *machine, const char *code, const char *vars, struct guest *guest)
{
	_cleanup_free_ char *text =
		xasprintf("[guest]\nmemory=1G\nmachine=%s\n[firmware]\ncode=%s\nvars=%s\n", machine,
			  code, vars);
	_cleanup_free_ char *path = xasprintf("%s/win.conf", root);
	struct error err;

	put("/win.conf", text);
	if (guest_load(AT_FDCWD, path, guest, &err) != 0)
		fail_msg("%s", err.msg);
}

static int resolve(const char *machine, const char *code, const char *vars, struct firmware *ret,
		   struct error *err)
{
	struct guest guest;
	int r;

	load(machine, code, vars, &guest);
	r = firmware_resolve(root, &guest, ret, err);
	guest_release(&guest);
	return r;
}

static void expect_code(const char *machine, const char *vars, const char *code)
{
	struct firmware firmware;
	struct error err;

	if (resolve(machine, "auto", vars, &firmware, &err) != 0)
		fail_msg("%s", err.msg);
	assert_string_equal(firmware.code, code);
	firmware_release(&firmware);
}

static void secure_boot_is_skipped(void **state)
{
	(void)state;
	put_debian();
	expect_code("pc", "none", "/fw/plain.CODE");
	expect_code("q35", "none", "/fw/plain.CODE");
	expect_code("q35", "auto", "/fw/plain.CODE");
}

static void secure_boot_when_asked(void **state)
{
	struct firmware firmware;
	struct error err;

	(void)state;
	put_debian();
	assert_int_equal(resolve("q35", "auto", "auto\nsecure-boot=yes", &firmware, &err), 0);
	assert_string_equal(firmware.code, "/fw/enrolled.CODE");
	assert_string_equal(firmware.vars_template, "/fw/enrolled.VARS");
	assert_true(firmware.needs_smm);
	firmware_release(&firmware);
	assert_int_equal(resolve("q35", "auto", "auto", &firmware, &err), 0);
	assert_false(firmware.needs_smm);
	firmware_release(&firmware);
	/* One that is named needs SMM as much. */
	assert_int_equal(resolve("q35", "/fw/secure.CODE", "none", &firmware, &err), 0);
	assert_true(firmware.needs_smm);
	firmware_release(&firmware);
	/* Without keys it would enforce nothing. */
	put(SHARE "40-secure-enrolled.json", "");
	assert_int_equal(resolve("q35", "auto", "auto\nsecure-boot=yes", &firmware, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "machine=q35 and secure-boot=yes"));
}

/* Settings on a disk that is not mounted now: nothing may come in their place. */
static void dangling_vars_stay(void **state)
{
	_cleanup_free_ char *directory = xasprintf("%s" STATEDIR "/vfioadm", root);
	_cleanup_free_ char *path = xasprintf("%s/win_VARS.fd", directory);
	struct firmware firmware;
	struct error err;
	char target[32] = "";

	(void)state;
	put_debian();
	put(STATEDIR "/vfioadm/other", "");
	assert_int_equal(symlink("/not/mounted", path), 0);
	assert_int_equal(resolve("q35", "auto", "auto", &firmware, &err), 0);
	assert_int_equal(firmware_make_vars(root, &firmware, &err), -EEXIST);
	assert_non_null(strstr(err.msg, "win_VARS.fd"));
	assert_true(readlink(path, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "/not/mounted");
	firmware_release(&firmware);
}

static void nothing_fits(void **state)
{
	struct firmware firmware;
	struct error err;

	(void)state;
	assert_int_equal(resolve("pc", "auto", "none", &firmware, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "win.conf:5: code=auto: no installed UEFI firmware"));
	put_descriptor(SHARE "10-a.json", "a", "raw", "\"pc-q35-*\"", "");
	assert_int_equal(resolve("pc", "auto", "none", &firmware, &err), -ENOENT);
	expect_code("q35", "none", "/fw/a.CODE");
}

static void unusable_descriptors(void **state)
{
	(void)state;
	put_debian();
	put(SHARE "01-broken.json", "{ \"interface-types\": [");
	put(SHARE "02-empty-object.json", "{}");
	put(SHARE "03-array.json", "[ 1, null ]");
	put(SHARE "04-bios.json", "{ \"interface-types\": [ \"bios\" ], \"mapping\": { \"device\": "
				  "\"memory\", \"filename\": \"/bios\" } }");
	put(SHARE "05-wrong-types.json",
	    "{ \"interface-types\": \"uefi\", \"mapping\": [], \"targets\": {}, \"features\": 1 }");
	put(SHARE "06-relative.json",
	    "{ \"interface-types\": [ \"uefi\" ], \"mapping\": { \"device\": \"flash\", "
	    "\"executable\": { \"filename\": \"CODE\", \"format\": \"raw\" } }, \"targets\": [ { "
	    "\"architecture\": \"x86_64\", \"machines\": [ \"pc-q35-*\" ] } ], \"features\": [] }");
	put_descriptor(SHARE "07-tdx.json", "tdx", "raw", "\"pc-q35-*\"", "\"intel-tdx\"");
	put_descriptor(SHARE "08-snp.json", "snp", "raw", "\"pc-q35-*\"", "\"amd-sev-snp\"");
	put_descriptor(SHARE "09-other.json", "other", "raw", "\"microvm\", \"pc-q35\"", "");
	put_descriptor(SHARE "10-vmdk.json", "vmdk", "vmdk", "\"pc-q35-*\"", "");
	put(SHARE "11-readme.txt", "not one");
	expect_code("q35", "none", "/fw/plain.CODE");
}

static void files_not_installed(void **state)
{
	_cleanup_free_ char *code = xasprintf("%s/fw/first.CODE", root);
	_cleanup_free_ char *template = xasprintf("%s/fw/second.VARS", root);

	(void)state;
	put_descriptor(SHARE "10-first.json", "first", "raw", "\"pc-q35-*\"", "");
	put_descriptor(SHARE "20-second.json", "second", "raw", "\"pc-q35-*\"", "");
	put_descriptor(SHARE "30-third.json", "third", "raw", "\"pc-q35-*\"", "");
	unlink(code);
	unlink(template);
	expect_code("q35", "none", "/fw/second.CODE");
	expect_code("q35", "auto", "/fw/third.CODE");
}

static void etc_has_the_last_word(void **state)
{
	(void)state;
	put_debian();
	put_descriptor(ETC "60-plain.json", "local", "raw", "\"pc-q35-10.*\"", "");
	expect_code("q35", "none", "/fw/local.CODE");
	put_descriptor(SHARE "30-early.json", "early", "raw", "\"pc-q35-*\"", "");
	expect_code("q35", "none", "/fw/early.CODE");
	put(ETC "30-early.json", "");
	expect_code("q35", "none", "/fw/local.CODE");
}

static void explicit_code(void **state)
{
	struct firmware firmware;
	struct error err;

	(void)state;
	assert_int_equal(resolve("pc", "/x/pure.fd", "none", &firmware, &err), 0);
	assert_string_equal(firmware.code, "/x/pure.fd");
	assert_string_equal(firmware.code_format, "raw");
	assert_null(firmware.vars);
	firmware_release(&firmware);

	assert_int_equal(resolve("pc", "/x/pure.fd", "/x/vars.fd", &firmware, &err), 0);
	assert_string_equal(firmware.vars, "/x/vars.fd");
	assert_string_equal(firmware.vars_format, "raw");
	assert_null(firmware.vars_template);
	assert_int_equal(firmware_make_vars(root, &firmware, &err), 0);
	firmware_release(&firmware);

	assert_int_equal(resolve("pc", "/x/pure.fd", "auto", &firmware, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "win.conf:6: vars=auto: no template is known"));

	/* A descriptor that has this code knows its template, whatever it is fit for. */
	put_descriptor(SHARE "40-secure.json", "secure", "qcow2", "\"pc-q35-*\"",
		       "\"secure-boot\"");
	assert_int_equal(resolve("pc", "/fw/secure.CODE", "auto", &firmware, &err), 0);
	assert_string_equal(firmware.code_format, "qcow2");
	assert_string_equal(firmware.vars_template, "/fw/secure.VARS");
	assert_string_equal(firmware.vars_format, "qcow2");
	assert_string_equal(firmware.vars, STATEDIR "/vfioadm/win_VARS.qcow2");
	firmware_release(&firmware);
}

static void private_copy(void **state)
{
	_cleanup_free_ char *copy = xasprintf("%s%s/vfioadm/win_VARS.fd", root, STATEDIR);
	_cleanup_free_ char *first = NULL, *second = NULL;
	struct firmware firmware;
	struct error err;
	struct stat st;

	(void)state;
	put_debian();
	put(STATEDIR "/keep", "");
	assert_int_equal(resolve("pc", "auto", "auto", &firmware, &err), 0);
	assert_string_equal(firmware.vars, STATEDIR "/vfioadm/win_VARS.fd");
	if (firmware_make_vars(root, &firmware, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(fileat_read_all(AT_FDCWD, copy, 100, &first), 8);
	assert_string_equal(first, "template");
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	/* The guest's settings survive the next start. */
	put(STATEDIR "/vfioadm/win_VARS.fd", "settings");
	assert_int_equal(firmware_make_vars(root, &firmware, &err), 0);
	assert_int_equal(fileat_read_all(AT_FDCWD, copy, 100, &second), 8);
	assert_string_equal(second, "settings");

	/* A firmware of another flash size cannot use them. */
	put(firmware.vars_template, "larger template");
	assert_int_equal(firmware_make_vars(root, &firmware, &err), -EINVAL);
	assert_non_null(strstr(err.msg, STATEDIR "/vfioadm/win_VARS.fd: made for another"));
	firmware_release(&firmware);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	return ftw->level > 0 ? remove(path) : 0;
}

static int empty_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	return empty_root(state) || rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(secure_boot_is_skipped, empty_root),
		cmocka_unit_test_teardown(secure_boot_when_asked, empty_root),
		cmocka_unit_test_teardown(dangling_vars_stay, empty_root),
		cmocka_unit_test_teardown(nothing_fits, empty_root),
		cmocka_unit_test_teardown(unusable_descriptors, empty_root),
		cmocka_unit_test_teardown(files_not_installed, empty_root),
		cmocka_unit_test_teardown(etc_has_the_last_word, empty_root),
		cmocka_unit_test_teardown(explicit_code, empty_root),
		cmocka_unit_test_teardown(private_copy, empty_root),
	};

	return cmocka_run_group_tests_name("firmware", tests, make_root, remove_root);
}
