/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tools were told about devices, as they themselves read it: modprobe.d, ids, driverctl. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "host/rivals.h"
#include "support/test.h"
#include "support/tree.h"

struct looked {
	struct tree *tree;
	struct platform platform;
	struct rivals rivals;
	struct unknowns unknowns;
};

static void looked_release(struct looked *l)
{
	rivals_release(&l->rivals);
	unknowns_release(&l->unknowns);
	platform_release(&l->platform);
}

static void look(struct looked *l)
{
	looked_release(l);
	l->rivals = (struct rivals){ 0 };
	l->unknowns = (struct unknowns){ 0 };
	platform_read(tree_root(l->tree), &l->platform, &l->unknowns);
	rivals_read(tree_root(l->tree), &l->platform, &l->rivals, &l->unknowns);
}

/* "/etc/modprobe.d/a.conf:2 ids=1:2", in the order in which vfio-pci is given them */
static void assert_sources(const struct looked *l, const char *const *expected, size_t count)
{
	assert_int_equal(l->rivals.source_count, count);
	for (size_t i = 0; i < count; i++) {
		const struct ids_source *s = &l->rivals.sources[i];
		_cleanup_free_ char *text = xasprintf("%s:%u %s", s->where, s->line, s->word);

		assert_string_equal(text, expected[i]);
		assert_int_equal(ids_source_is_overruled(&l->rivals, i), i + 1 < count);
	}
}
#define ASSERT_SOURCES(l, ...)                                                                     \
	do {                                                                                       \
		static const char *const expected_[] = { __VA_ARGS__ };                            \
		assert_sources((l), expected_, ARRAY_SIZE(expected_));                             \
	} while (0)

static void files_are_read_in_the_order_of_their_names_and_the_command_line_last(void **unused)
{
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_write(l.tree, "etc/modprobe.d/b.conf", "options vfio-pci ids=b:1\n");
	tree_write(l.tree, "usr/lib/modprobe.d/a.conf", "options vfio-pci ids=a:1\n");
	tree_write(l.tree, "run/modprobe.d/c.conf", "options vfio_pci ids=c:1\n");
	tree_write(l.tree, "usr/local/lib/modprobe.d/d.conf", "options vfio-pci ids=d:1\n");
	tree_write(l.tree, "etc/modprobe.d/z.conf.old", "options vfio-pci ids=e:1\n");
	tree_write(l.tree, "proc/cmdline", "quiet vfio_pci.ids=f:1 vfio-pci.ids=f:2 xvfio-pci.ids=f:3\n");
	look(&l);
	ASSERT_SOURCES(&l, "/usr/lib/modprobe.d/a.conf:1 ids=a:1", "/etc/modprobe.d/b.conf:1 ids=b:1",
		       "/run/modprobe.d/c.conf:1 ids=c:1", "/usr/local/lib/modprobe.d/d.conf:1 ids=d:1",
		       "the kernel command line:0 vfio_pci.ids=f:1",
		       "the kernel command line:0 vfio-pci.ids=f:2");
	assert_int_equal(l.rivals.problems.count, 0);
	looked_release(&l);
	tree_free(l.tree);
}

static void a_file_hides_those_of_its_name_behind_it(void **unused)
{
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_write(l.tree, "etc/modprobe.d/a.conf", "# nothing\n");
	tree_write(l.tree, "run/modprobe.d/a.conf", "options vfio-pci ids=1:1\n");
	tree_write(l.tree, "run/modprobe.d/b.conf", "options vfio-pci ids=2:2\n");
	tree_write(l.tree, "usr/local/lib/modprobe.d/b.conf", "options vfio-pci ids=3:3\n");
	tree_write(l.tree, "usr/local/lib/modprobe.d/c.conf", "options vfio-pci ids=4:4\n");
	tree_write(l.tree, "lib/modprobe.d/c.conf", "options vfio-pci ids=5:5\n");
	tree_link_outside(l.tree, "etc/modprobe.d/d.conf", "/dev/null");
	tree_write(l.tree, "lib/modprobe.d/d.conf", "options vfio-pci ids=6:6\n");
	look(&l);
	ASSERT_SOURCES(&l, "/run/modprobe.d/b.conf:1 ids=2:2",
		       "/usr/local/lib/modprobe.d/c.conf:1 ids=4:4");
	assert_int_equal(l.rivals.problems.count, 0);
	looked_release(&l);
	tree_free(l.tree);
}

static void lines_are_joined_and_numbered_as_modprobe_does(void **unused)
{
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_write(l.tree, "etc/modprobe.d/a.conf",
		   "# options vfio-pci ids=1:1 \\\noptions vfio-pci ids=2:2\n"
		   "options vfio-pci disable_vga=1 \\\n\t\\\n ids=3:3,\\\n4:4\n"
		   "\toptions \tvfio-pci\tids=5:5 disable_idle_d3=1\n"
		   "options vfio ids=6:6\noptions vfio-pci xids=7:7\noptions vfio-pci\n"
		   "options vfio-pci ids=8\\:8");
	look(&l);
	ASSERT_SOURCES(&l, "/etc/modprobe.d/a.conf:3 ids=3:3,4:4", "/etc/modprobe.d/a.conf:7 ids=5:5",
		       "/etc/modprobe.d/a.conf:11 ids=8:8");
	assert_int_equal(l.rivals.ids_count, 4);
	looked_release(&l);
	tree_free(l.tree);
}

static void assert_ids(const struct ids_claim *c, const uint32_t expected[6])
{
	const uint32_t found[6] = { c->vendor, c->device, c->subsystem_vendor, c->subsystem_device,
				    c->class, c->class_mask };

	assert_memory_equal(found, expected, sizeof(found));
}

static void every_field_of_ids_is_read(void **unused)
{
	static const uint32_t expected[][6] = {
		{ 0x10de, 0x1b80, IDS_ANY, IDS_ANY, 0, 0 },
		{ 0x10de, 0x10f0, 0x1458, IDS_ANY, 0, 0 },
		{ 0x10de, 0x10f0, 0x1458, 0x3702, 0, 0 },
		{ 0x10de, IDS_ANY, IDS_ANY, IDS_ANY, 0x30000, 0xffff00ff },
		{ 0x110de, 0x1b80, IDS_ANY, IDS_ANY, 0, 0 },
		{ 1, 2, IDS_ANY, IDS_ANY, 0, 0 },
	};
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_write(l.tree, "etc/modprobe.d/a.conf",
		   "options vfio-pci ids=\"10de:1b80,10DE:10F0:1458,,0x10de:0x10f0:1458:3702,"
		   "10de:FFFFFFFF:FFFFFFFF:FFFFFFFF:00030000:FFFF00FF,110de:1b80,1:2\"\n");
	look(&l);
	assert_int_equal(l.rivals.ids_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_ids(&l.rivals.ids[i], expected[i]);
	assert_int_equal(l.rivals.problems.count, 0);
	looked_release(&l);
	tree_free(l.tree);
}

static void ids_fit_by_every_field_that_they_have(void **unused)
{
	const struct pci_function gpu = { .vendor = 0x10de, .device = 0x1b80, .class = 0x030000,
					  .subsystem_vendor = 0x1458, .subsystem_device = 0x3702 };
	static const struct {
		struct ids_claim ids;
		bool fits;
	} cases[] = {
		{ { 0, NULL, 0x10de, 0x1b80, IDS_ANY, IDS_ANY, 0, 0 }, true },
		{ { 0, NULL, 0x110de, 0x1b80, IDS_ANY, IDS_ANY, 0, 0 }, false },
		{ { 0, NULL, 0x10de, 0x1b81, IDS_ANY, IDS_ANY, 0, 0 }, false },
		{ { 0, NULL, 0x10de, 0x1b80, 0x1458, 0x3702, 0, 0 }, true },
		{ { 0, NULL, 0x10de, 0x1b80, 0xffff, IDS_ANY, 0, 0 }, false },
		{ { 0, NULL, 0x10de, 0x1b80, 0x1458, 0x3703, 0, 0 }, false },
		{ { 0, NULL, 0x10de, IDS_ANY, IDS_ANY, IDS_ANY, 0x30000, 0xffff00ff }, true },
		{ { 0, NULL, 0x10de, IDS_ANY, IDS_ANY, IDS_ANY, 0x40300, 0xffff00ff }, false },
		{ { 0, NULL, IDS_ANY, IDS_ANY, IDS_ANY, IDS_ANY, 0x30200, 0xff0000 }, true },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(ids_claim_fits(&cases[i].ids, &gpu), cases[i].fits);
}

static void assert_problem(struct looked *l, const char *text, const char *expected)
{
	tree_write(l->tree, "etc/modprobe.d/a.conf", text);
	look(l);
	assert_int_equal(l->rivals.problems.count, 1);
	assert_contains(l->rivals.problems.items[0], expected);
}

static void what_is_no_ids_is_a_problem(void **unused)
{
	char long_line[2048] = "options vfio-pci ids=";
	struct looked l = { .tree = tree_new() };

	(void)unused;
	assert_problem(&l, "\noptions vfio-pci ids=10de\n", "/etc/modprobe.d/a.conf:2: ids: \"10de\" is not");
	assert_int_equal(l.rivals.ids_count, 0);
	assert_problem(&l, "options vfio-pci ids=10de:\n", "\"10de:\"");
	assert_problem(&l, "options vfio-pci ids=10de:xyz,1:2\n", "\"10de:xyz\"");
	assert_int_equal(l.rivals.ids_count, 1);
	assert_problem(&l, "options vfio-pci ids=123456789:1\n", "\"123456789:1\"");
	assert_problem(&l, "options vfio-pci ids=\xff\xfe:1\n", "\"?\?:1\"");
	/* The kernel takes the front of these. */
	assert_problem(&l, "options vfio-pci ids=10de:1b80x\n", "\"10de:1b80x\"");
	assert_int_equal(l.rivals.ids_count, 1);
	assert_problem(&l, "options vfio-pci ids=1:2:3:4:5:6:7\n", "\"1:2:3:4:5:6:7\"");
	for (size_t i = 0; i < 128; i++)
		strcat(long_line, "1234:12,");
	assert_problem(&l, long_line, "1024 characters are more than vfio-pci takes (1023)");
	assert_int_equal(l.rivals.ids_count, 0);
	long_line[strlen(long_line) - 1] = '\0';
	tree_write(l.tree, "etc/modprobe.d/a.conf", long_line);
	look(&l);
	assert_int_equal(l.rivals.problems.count, 0);
	assert_int_equal(l.rivals.ids_count, 128);
	looked_release(&l);
	tree_free(l.tree);
}

static void overrides_of_driverctl_are_read_by_their_names(void **unused)
{
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_write(l.tree, "etc/driverctl.d/pci-0000:01:00.0", "vfio-pci\n");
	tree_write(l.tree, "etc/driverctl.d/0000:02:00.0", "vfio-pci");
	tree_write(l.tree, "etc/driverctl.d/pci-10000:e1:00.0", "nvme\nmore\n");
	tree_write(l.tree, "etc/driverctl.d/pci-0000:03:00.0", "");
	tree_write(l.tree, "etc/driverctl.d/pci-0000:01:00.0~", "vfio-pci\n");
	tree_write(l.tree, "etc/driverctl.d/vmbus-0a1b", "uio_hv_generic\n");
	tree_write(l.tree, "etc/driverctl.d/.pci-0000:05:00.0", "vfio-pci\n");
	look(&l);
	assert_int_equal(l.rivals.override_count, 4);
	for (size_t i = 0; i < 4; i++) {
		static const char *const expected[] = {
			"0000:02:00.0 vfio-pci /etc/driverctl.d/0000:02:00.0",
			"0000:01:00.0 vfio-pci /etc/driverctl.d/pci-0000:01:00.0",
			"0000:03:00.0  /etc/driverctl.d/pci-0000:03:00.0",
			"10000:e1:00.0 nvme /etc/driverctl.d/pci-10000:e1:00.0",
		};
		const struct driverctl_override *o = &l.rivals.overrides[i];
		_cleanup_free_ char *text = xasprintf("%s %s %s", pci_addr_text(o->addr).text,
						      o->driver, o->file);

		assert_string_equal(text, expected[i]);
	}
	assert_int_equal(l.rivals.other_overrides.count, 2);
	assert_string_equal(l.rivals.other_overrides.items[0], "/etc/driverctl.d/pci-0000:01:00.0~");
	assert_string_equal(l.rivals.other_overrides.items[1], "/etc/driverctl.d/vmbus-0a1b");
	assert_int_equal(l.rivals.problems.count, 0);
	looked_release(&l);
	tree_free(l.tree);
}

static void what_cannot_be_read_is_a_problem(void **unused)
{
	struct looked l = { .tree = tree_new() };

	(void)unused;
	tree_mkdir(l.tree, "etc/modprobe.d/a.conf");
	tree_mkdir(l.tree, "etc/driverctl.d/pci-0000:01:00.0");
	look(&l);
	assert_int_equal(l.rivals.problems.count, 2);
	assert_contains(l.rivals.problems.items[0], "/etc/modprobe.d/a.conf: cannot be read: Is a directory");
	assert_contains(l.rivals.problems.items[1], "/etc/driverctl.d/pci-0000:01:00.0: cannot be read");
	assert_int_equal(l.unknowns.count, 2);
	looked_release(&l);
	tree_free(l.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_in_the_order_of_their_names_and_the_command_line_last),
		cmocka_unit_test(a_file_hides_those_of_its_name_behind_it),
		cmocka_unit_test(lines_are_joined_and_numbered_as_modprobe_does),
		cmocka_unit_test(every_field_of_ids_is_read),
		cmocka_unit_test(ids_fit_by_every_field_that_they_have),
		cmocka_unit_test(what_is_no_ids_is_a_problem),
		cmocka_unit_test(overrides_of_driverctl_are_read_by_their_names),
		cmocka_unit_test(what_cannot_be_read_is_a_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
