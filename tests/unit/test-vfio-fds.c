/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "launch/vfio-fds.h"
#include "support/tree.h"

#define GPU "0000:01:00.0"

/* A host after the bind, with plain files in place of the nodes. */
static struct tree *host_with_nodes(void)
{
	struct tree *tree = tree_new();

	tree_add_function(tree, GPU, 0x1002, 0x67df, 0x030000, "vfio-pci", 1, NULL);
	tree_mkdir(tree, "sys/bus/pci/devices/" GPU "/vfio-dev/vfio7");
	tree_write(tree, "dev/iommu", "iommu");
	tree_write(tree, "dev/vfio/devices/vfio7", "gpu");
	tree_write(tree, "proc/devices", "Character devices:\n  1 mem\n510 vfio-dev\n\nBlock devices:\n");
	return tree;
}

static struct guest guest_with_gpu(void)
{
	struct guest guest = { .hostdev_count = 1 };
	struct error err;

	assert_int_equal(pci_addr_parse(GPU, &guest.hostdevs[0].address, NULL, &err), 0);
	return guest;
}

static void available(void **state)
{
	_cleanup_(tree_freep) struct tree *tree = host_with_nodes();

	(void)state;
	assert_true(vfio_fds_available(tree_root(tree)));
	tree_write(tree, "proc/devices", "Character devices:\n510 vfio\n511 vfio-device\n");
	assert_false(vfio_fds_available(tree_root(tree)));
	tree_write(tree, "proc/devices", "Character devices:\n510 vfio-dev\n");
	assert_true(vfio_fds_available(tree_root(tree)));
	tree_remove(tree, "dev/iommu");
	assert_false(vfio_fds_available(tree_root(tree)));
}

static void numbers(void **state)
{
	struct guest guest = guest_with_gpu(), none = { 0 };
	struct vfio_fds fds = vfio_fds_plan(&guest);
	struct pci_addr other = { .bus = 9 };

	(void)state;
	assert_int_equal(fds.count, 2);
	assert_int_equal(vfio_fds_number(&fds, NULL), VFIO_FD_FIRST);
	assert_int_equal(vfio_fds_number(&fds, &guest.hostdevs[0].address), VFIO_FD_FIRST + 1);
	assert_int_equal(vfio_fds_number(&fds, &other), -1);
	fds = vfio_fds_plan(&none);
	assert_int_equal(fds.count, 0);
	assert_int_equal(vfio_fds_number(&fds, NULL), -1);
}

static void expect_content(int number, const char *text)
{
	char buf[16] = "";

	assert_int_equal(fcntl(number, F_GETFD), 0); /* open across exec */
	assert_int_equal(pread(number, buf, sizeof(buf), 0), strlen(text));
	assert_string_equal(buf, text);
}

static void open_and_place(void **state)
{
	_cleanup_(tree_freep) struct tree *tree = host_with_nodes();
	struct guest guest = guest_with_gpu();
	struct vfio_fds fds = vfio_fds_plan(&guest);
	struct error err;

	(void)state;
	if (vfio_fds_open(tree_root(tree), &fds, &err) != 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < fds.count; i++) {
		assert_true(fds.items[i].fd >= VFIO_FD_FIRST + (int)fds.count);
		assert_int_equal(fcntl(fds.items[i].fd, F_GETFD), FD_CLOEXEC);
	}
	assert_int_equal(vfio_fds_place(&fds), 0);
	expect_content(VFIO_FD_FIRST, "iommu");
	expect_content(VFIO_FD_FIRST + 1, "gpu");
	close(VFIO_FD_FIRST);
	close(VFIO_FD_FIRST + 1);
	vfio_fds_close(&fds);
	assert_int_equal(fds.items[0].fd, -1);
	assert_int_equal(fds.items[1].fd, -1);
}

static void not_bound(void **state)
{
	_cleanup_(tree_freep) struct tree *tree = host_with_nodes();
	struct guest guest = guest_with_gpu();
	struct vfio_fds fds = vfio_fds_plan(&guest);
	struct error err;

	(void)state;
	tree_remove(tree, "sys/bus/pci/devices/" GPU "/vfio-dev");
	assert_int_equal(vfio_fds_open(tree_root(tree), &fds, &err), -ENOENT);
	assert_non_null(strstr(err.msg, GPU ": has no /dev/vfio/devices/vfioN"));
	assert_int_equal(fds.items[0].fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(available),
		cmocka_unit_test(numbers),
		cmocka_unit_test(open_and_place),
		cmocka_unit_test(not_bound),
	};

	return cmocka_run_group_tests_name("vfio-fds", tests, NULL, NULL);
}
