/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command lines of the example guests, word for word, as two releases of QEMU are given them:
 * 7.2 on a kernel with IOMMU groups, 10.0 on one with iommufd. tests/fixtures/qemu has what these
 * said of themselves. With REGEN=1 the expectations are written anew.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "launch/qemu-argv.h"
#include "support/tree.h"

#define EXAMPLES "contrib/examples"
#define EXPECTED "tests/fixtures/guests"

static struct tree *tree;

static const struct {
	const char *release;
	bool iommufd;
} qemus[] = { { "7.2", false }, { "10.0", true } };

static void add_descriptor(const char *name, const char *features)
{
	_cleanup_free_ char *path = xasprintf("usr/share/qemu/firmware/%s.json", name);
	_cleanup_free_ char *code = xasprintf("/usr/share/OVMF/%s.CODE.fd", name);
	_cleanup_free_ char *vars = xasprintf("/usr/share/OVMF/%s.VARS.fd", name);
	_cleanup_free_ char *text = xasprintf(
		"{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\", "
		"\"executable\": {\"filename\": \"%s\", \"format\": \"raw\"}, "
		"\"nvram-template\": {\"filename\": \"%s\", \"format\": \"raw\"}}, \"targets\": ["
		"{\"architecture\": \"x86_64\", \"machines\": [\"pc-i440fx-*\", \"pc-q35-*\"]}],"
		"\"features\": [%s]}", code, vars, features);

	tree_write(tree, path, text);
	tree_write(tree, code + 1, "");
	tree_write(tree, vars + 1, "");
}

static int make_host(void **state)
{
	(void)state;
	tree = tree_new();
	add_descriptor("40-enrolled", "\"enrolled-keys\", \"requires-smm\", \"secure-boot\"");
	add_descriptor("60-plain", "\"acpi-s3\"");
	return 0;
}

static int remove_host(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

static char *read_file(const char *directory, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", directory, name);
	char *text = NULL;

	if (fileat_read_all(AT_FDCWD, path, 1 << 20, &text) < 0)
		fail_msg("%s: cannot be read; unit tests are run in the checkout", path);
	return text;
}

/* An option and its value a line. */
static char *argv_text(const struct strv *argv)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < argv->count; i++)
		fprintf(out, "%s%s", i == 0 ? "" : argv->items[i][0] == '-' ? "\n" : " ",
			argv->items[i]);
	fputc('\n', out);
	fclose(out);
	return text;
}

/* As on a host where the only device with these ids is 03:00.0. */
static void give_addresses(struct guest *guest)
{
	struct error err;

	for (size_t i = 0; i < guest->hostdev_count; i++)
		if (guest->hostdevs[i].ids.given)
			assert_int_equal(pci_addr_parse("03:00.0", &guest->hostdevs[i].address,
							NULL, &err), 0);
}

static char *command_line(const char *name, const struct qemu_caps *caps, bool iommufd)
{
	_cleanup_free_ char *path = xasprintf(EXAMPLES "/%s", name);
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct qemu_facts facts = { .have_kvm = true, .have_vhost = true, .caps = caps };
	struct firmware firmware;
	struct vfio_fds fds;
	struct guest guest;
	struct error err;

	if (guest_load(AT_FDCWD, path, &guest, &err) != 0 ||
	    firmware_resolve(tree_path(tree), &guest, &firmware, &err) != 0)
		fail_msg("%s", err.msg);
	give_addresses(&guest);
	facts.firmware = &firmware;
	fds = vfio_fds_plan(&guest);
	if (iommufd && guest.board.vfio != GUEST_VFIO_GROUP)
		facts.fds = &fds;
	qemu_argv(&guest, &facts, &argv);
	/* What this QEMU does not have it must not be asked for. */
	size_t words = argv.count;
	_cleanup_(strv_release) struct strv problems = { 0 };

	qemu_caps_check(caps, &argv, &problems);
	if (problems.count > 0)
		fail_msg("%s: %s", name, problems.items[0]);
	assert_int_equal(argv.count, words);
	firmware_release(&firmware);
	guest_release(&guest);
	return argv_text(&argv);
}

static void compare(const char *name, const char *release, const char *text)
{
	_cleanup_free_ char *file =
		xasprintf("%.*s.qemu-%s", (int)(strlen(name) - strlen(".conf")), name, release);
	_cleanup_free_ char *expected = NULL;

	if (getenv("REGEN")) {
		_cleanup_close_ int dirfd = open(EXPECTED, O_RDONLY | O_DIRECTORY);

		assert_int_equal(fileat_replace(dirfd, file, text, strlen(text), 0644), 0);
		return;
	}
	expected = read_file(EXPECTED, file);
	if (strcmp(text, expected) != 0)
		fail_msg("%s is not what is expected:\n%s\nREGEN=1 make check-unit writes it anew", file,
			 text);
}

static void examples(void **state)
{
	DIR *dir = opendir(EXAMPLES);
	struct dirent *entry;
	size_t seen = 0;

	(void)state;
	assert_non_null(dir);
	for (size_t i = 0; i < ARRAY_SIZE(qemus); i++) {
		_cleanup_free_ char *recorded = xasprintf("%s.qmp", qemus[i].release);
		_cleanup_free_ char *answers = read_file("tests/fixtures/qemu", recorded);
		struct qemu_caps caps;
		struct error err;

		if (qemu_caps_parse(recorded, answers, &caps, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(strncmp(caps.version, qemus[i].release, 3), 0);
		rewinddir(dir);
		while ((entry = readdir(dir))) {
			_cleanup_free_ char *text = NULL;

			if (!strstr(entry->d_name, ".conf"))
				continue;
			text = command_line(entry->d_name, &caps, qemus[i].iommufd);
			compare(entry->d_name, qemus[i].release, text);
			seen++;
		}
		qemu_caps_release(&caps);
	}
	closedir(dir);
	assert_true(seen >= 2 * 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(examples) };

	return cmocka_run_group_tests_name("guest-examples", tests, make_host, remove_host);
}
