/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "apply/rom-read.h"
#include "support/hosts.h"
#include "support/test.h"

#define ADDR "0000:01:00.0"

/* "resource" as the kernel writes it: six BARs, then the ROM. */
#define BARS                                                                                       \
	"0x00000000fc000000 0x00000000fcffffff 0x0000000000042208\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define OWN_ROM    BARS "0x00000000fd000000 0x00000000fd01ffff 0x0000000000046200"
#define SHADOW_ROM BARS "0x00000000000c0000 0x00000000000dffff 0x0000000000000212"

/* In a file the protocol overwrites the first two bytes, which tells that it was followed. */
static int read_rom(struct tree *tree, bool boot_vga, char **ret, size_t *size, struct error *err)
{
	struct pci_function function = { .addr = { .bus = 1 }, .boot_vga = boot_vga };

	return rom_read_device(tree_root(tree), &function, ret, size, err);
}

static void assert_reads(struct tree *tree, bool boot_vga)
{
	char *data = NULL, *after;
	size_t size = 0;
	struct error err;

	tree_set(tree, ADDR, "rom", "..PCIR");
	assert_ok(read_rom(tree, boot_vga, &data, &size, &err), err);
	assert_memory_equal(data, "1\nPCIR", 6);
	free(data);
	after = tree_get(tree, ADDR, "rom");
	assert_int_equal(*after, '0'); /* and a newline, where tree_get() ends */
	free(after);
}

static void assert_refused(struct tree *tree, bool boot_vga, int code, const char *message)
{
	char *data = NULL;
	size_t size = 0;
	struct error err;

	assert_int_equal(read_rom(tree, boot_vga, &data, &size, &err), code);
	assert_contains(err.msg, ADDR ": ");
	assert_contains(err.msg, message);
	assert_null(data);
}

static void test_protocol(void **state)
{
	struct tree *tree = host_with_radeon();

	(void)state;
	assert_refused(tree, false, -ENOENT, "no option ROM of its own");
	assert_reads(tree, false);
	tree_set(tree, ADDR, "resource", OWN_ROM);
	assert_reads(tree, false);
	tree_free(tree);
}

/* A boot GPU that is not shadowed shows its own ROM; where that is not known, it is not read. */
static void test_shadow(void **state)
{
	struct tree *tree = host_with_radeon();

	(void)state;
	tree_set(tree, ADDR, "resource", SHADOW_ROM);
	assert_refused(tree, true, -ENOTSUP, "romfile");
	assert_refused(tree, false, -ENOTSUP, "copy that the firmware made");
	tree_set(tree, ADDR, "resource", OWN_ROM);
	assert_reads(tree, true);
	tree_set(tree, ADDR, "resource", "0x0 0x0");
	assert_refused(tree, true, -ENOTSUP, "romfile");
	tree_unset(tree, ADDR, "resource");
	assert_refused(tree, true, -ENOTSUP, "romfile");
	tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_shadow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
