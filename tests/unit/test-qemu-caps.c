/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "launch/qemu-control.h"

static void parse_recorded(const char *release, struct qemu_caps *caps)
{
	_cleanup_free_ char *path = xasprintf("tests/fixtures/qemu/%s.qmp", release);
	_cleanup_free_ char *answers = NULL;
	struct error err;

	if (fileat_read_all(AT_FDCWD, path, 1 << 20, &answers) < 0)
		fail_msg("%s: cannot be read; unit tests are run in the checkout", path);
	if (qemu_caps_parse(path, answers, caps, &err) < 0)
		fail_msg("%s", err.msg);
}

static void recorded(void **state)
{
	struct qemu_caps old, new;

	(void)state;
	parse_recorded("7.2", &old);
	parse_recorded("10.0", &new);
	assert_string_equal(old.version, "7.2.22");
	assert_string_equal(new.version, "10.0.13");
	assert_false(old.vfio_fd);
	assert_true(new.vfio_fd);
	assert_false(qemu_caps_have_type(&old, "iommufd"));
	assert_true(qemu_caps_have_type(&new, "iommufd"));
	assert_false(old.run_with_user);
	assert_true(new.run_with_user);
	assert_true(old.sandbox && new.sandbox);
	assert_true(qemu_caps_have_type(&old, "vfio-pci"));
	assert_true(qemu_caps_have_type(&old, "chardev-spicevmc"));
	assert_false(qemu_caps_have_type(&old, "vfio"));
	assert_true(qemu_caps_have_cpu_flag(&old, "hv-tlbflush"));
	assert_false(qemu_caps_have_cpu_flag(&old, "hv-no-such"));
	qemu_caps_release(&old);
	qemu_caps_release(&new);
}

/* What a QEMU without seccomp answers, and one with fewer options than are asked for. */
static void sandbox(void **state)
{
#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 9}}}}\n"                          \
		 "{\"return\": [{\"name\": \"vfio-pci\"}], \"id\": \"types\"}\n"
	static const char *const without[] = {
		GREETING "{\"error\": {\"desc\": \"invalid option name: sandbox\"}, \"id\": \"sandbox\"}\n",
		GREETING "{\"return\": [{\"parameters\": [{\"name\": \"enable\"}, {\"name\": \"obsolete\"}]}], "
			 "\"id\": \"sandbox\"}\n",
	};
	struct strv argv = { 0 };
	const struct guest guest = { 0 };
	struct qemu_caps caps = { 0 };
	struct error err;

	(void)state;
	qemu_argv_control(&guest, &caps, &argv);
	assert_true(strv_has(&argv, "-sandbox"));
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		strv_release(&argv);
		assert_int_equal(qemu_caps_parse("q", without[i], &caps, &err), 0);
		assert_false(qemu_caps_have_sandbox(&caps));
		qemu_argv_control(&guest, &caps, &argv);
		assert_false(strv_has(&argv, "-sandbox"));
		assert_true(strv_has(&argv, "chardev=qmp,mode=control"));
		qemu_caps_release(&caps);
	}
	strv_release(&argv);
}

static void missing_devices(void **state)
{
	static const char *const words[] = { "/opt/qemu", "-device", "vfio-pci,host=01:00.0",
					     "-device", "qxl-next,id=x", "-object", "iommufd,id=i",
					     "-name", "qxl-next" };
	struct strv argv = { 0 }, problems = { 0 };
	struct qemu_caps caps = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		strv_add(&argv, words[i]);
	/* One that was not asked is not blamed. */
	qemu_caps_check(&caps, &argv, &problems);
	assert_int_equal(problems.count, 0);
	parse_recorded("7.2", &caps);
	qemu_caps_check(&caps, &argv, &problems);
	assert_int_equal(problems.count, 2);
	assert_non_null(strstr(problems.items[0], "/opt/qemu: this QEMU (7.2.22) has no qxl-next"));
	assert_non_null(strstr(problems.items[1], "has no iommufd"));
	qemu_caps_release(&caps);
	strv_release(&argv);
	strv_release(&problems);
}

static void not_qemu(void **state)
{
	static const char *const texts[] = {
		"", "hello\n", "{}\n", "{\"QMP\": 1}\n", "{\"return\": []}\n{\"QMP\": {}}\n",
		"{\"QMP\": {\"version\": {\"qemu\": {\"major\": 9}}}}\n",
		"[1]\n", "{\"id\": 1, \"return\": 2}\n", "{\"id\": \"types\", \"return\": [{\"name\": 1}]}\n",
	};
	static const struct qemu_caps empty;
	struct qemu_caps caps;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_true(qemu_caps_parse("q", texts[i], &caps, &err) < 0);
		assert_memory_equal(&caps, &empty, sizeof(caps));
	}
	assert_true(qemu_caps_ask("true", &caps, &err) < 0);
	assert_true(qemu_caps_ask("/no/such/qemu", &caps, &err) < 0);
	assert_memory_equal(&caps, &empty, sizeof(caps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),
		cmocka_unit_test(sandbox),
		cmocka_unit_test(missing_devices),
		cmocka_unit_test(not_qemu),
	};

	return cmocka_run_group_tests_name("qemu-caps", tests, NULL, NULL);
}
