/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host itself does with a device: its screen, its disks, its network, its processes. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "support/judged.h"

#define GPU_PATH "sys/devices/pci0000:00/" PORT "/" GPU
#define DISK     "0000:00:06.0"
#define DISK_PATH "sys/devices/pci0000:00/" DISK

static void a_host_that_is_ready_has_no_findings(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void a_firmware_frame_buffer_in_a_bar_is_on_the_card(void **unused)
{
	static const char *const owners[] = { "efifb", "vesafb", "simplefb", "simpledrm",
					      "BOOTFB" };
	struct judged j;

	(void)unused;
	judged_make(&j);
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		_cleanup_free_ char *iomem =
			xasprintf("d0000000-dfffffff : PCI Bus 0000:01\n"
				  "  d0000000-dfffffff : " GPU "\n"
				  "    d0000000-d02fffff : %s\n", owners[i]);

		tree_write(j.tree, "proc/iomem", iomem);
		ASSERT_ONLY(&j, "boot-framebuffer", GPU, owners[i], "allow boot-framebuffer");
		judge_for(&j, ASSESS_BIND);
		assert_int_equal(j.findings.count, 1);
	}
	tree_write(j.tree, "proc/iomem",
		   "c0000000-c02fffff : efifb\nd0000000-d0ffffff : " GPU "\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

/* From class 0380 vfio-pci does not remove it: bind does, or where it did not, someone has to. */
static void of_another_class_the_frame_buffer_has_to_be_released(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_set(j.tree, GPU, "class", "0x038000");
	tree_write(j.tree, "proc/iomem", "d0000000-d02fffff : efifb\n");
	tree_link(j.tree, "sys/bus/platform/devices/efi-framebuffer.0",
		  "sys/devices/platform/efi-framebuffer.0");
	tree_mkdir(j.tree, "sys/bus/platform/drivers/efi-framebuffer");
	tree_link(j.tree, "sys/devices/platform/efi-framebuffer.0/driver",
		  "sys/bus/platform/drivers/efi-framebuffer");
	judge_for(&j, ASSESS_CHECK);
	assert_contains(judged_find(&j, "boot-framebuffer", GPU)->message, "BAR 0");
	assert_contains(judged_find(&j, "boot-framebuffer", GPU)->remedy,
			"bind releases the frame buffer");
	host_bind_to_vfio(j.tree, GPU);
	host_bind_to_vfio(j.tree, AUDIO);
	ASSERT_ONLY(&j, "framebuffer-remains", GPU, "BAR 0",
		    "echo efi-framebuffer.0 > /sys/bus/platform/drivers/efi-framebuffer/unbind");
	judged_release(&j);
}

/* BOOTFB is the device's own memory: no unbind of a driver frees it for a guest. */
static void of_another_class_memory_of_the_device_stays_taken(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_set(j.tree, GPU, "class", "0x038000");
	tree_write(j.tree, "proc/iomem", "d0000000-d02fffff : BOOTFB\n");
	ASSERT_ONLY(&j, "boot-framebuffer", GPU, "BOOTFB", "even with --allow boot-framebuffer");
	judged_release(&j);
}

static void a_frame_buffer_device_below_the_card_is_on_it(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_mkdir(j.tree, "sys/bus/platform/drivers/simple-framebuffer");
	tree_link(j.tree, "sys/bus/platform/devices/simple-framebuffer.0",
		  GPU_PATH "/simple-framebuffer.0");
	tree_link(j.tree, GPU_PATH "/simple-framebuffer.0/driver",
		  "sys/bus/platform/drivers/simple-framebuffer");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	assert_contains(judged_find(&j, "boot-framebuffer", GPU)->message, "simple-framebuffer.0");
	assert_contains(judged_find(&j, "framebuffer-not-given-back", GPU)->message,
			"simple-framebuffer.0");
	judged_release(&j);
}

static void addresses_that_are_hidden_are_not_taken_for_another_card(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "proc/iomem",
		   "00000000-00000000 : " GPU "\n  00000000-00000000 : efifb\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_mkdir(j.tree, "sys/bus/platform/drivers/efi-framebuffer");
	tree_link(j.tree, "sys/bus/platform/devices/efi-framebuffer.0",
		  "sys/devices/platform/efi-framebuffer.0");
	tree_link(j.tree, "sys/devices/platform/efi-framebuffer.0/driver",
		  "sys/bus/platform/drivers/efi-framebuffer");
	ASSERT_ONLY(&j, "unreadable", "/proc/iomem", "efi-framebuffer.0", "as root");
	judged_release(&j);
}

static void files_that_cannot_be_read_are_not_taken_for_absent(void **unused)
{
	static const char *const paths[] = {
		"proc/iomem", "proc/self/mountinfo", "proc/swaps", "proc/net/route",
		"proc/net/ipv6_route", "etc/modprobe.d/vfio.conf", "etc/driverctl.d/pci-" GPU,
		"run/libvirt/qemu/guest.xml",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *subject = xasprintf("/%s", paths[i]);
		struct judged j;

		judged_make(&j);
		tree_mkdir(j.tree, paths[i]); /* reading it fails with EISDIR, for root as well */
		ASSERT_ONLY(&j, "unreadable", subject, "cannot be read", "as root");
		judged_release(&j);
	}
}

static void the_console_on_the_cards_frame_buffer_is_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_mkdir(j.tree, GPU_PATH "/graphics/fb0");
	tree_link(j.tree, "sys/class/graphics/fb0", GPU_PATH "/graphics/fb0");
	tree_write(j.tree, "sys/class/vtconsole/vtcon0/name", "(S) dummy device\n");
	tree_write(j.tree, "sys/class/vtconsole/vtcon0/bind", "1\n");
	tree_write(j.tree, "sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n");
	tree_write(j.tree, "sys/class/vtconsole/vtcon1/bind", "0\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_write(j.tree, "sys/class/vtconsole/vtcon1/bind", "1\n");
	ASSERT_ONLY(&j, "console-on-device", GPU, "fb0", "nothing");
	judged_release(&j);
}

/* A disk of a controller at DISK: nvme0n1 with a partition nvme0n1p2, number 259:2. */
static void add_disk(struct judged *j)
{
	tree_add_function(j->tree, DISK, 0x8086, 0x5845, 0x010802, "nvme", 7, NULL);
	tree_write(j->tree, DISK_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2/partition", "2\n");
	tree_link(j->tree, "sys/dev/block/259:2", DISK_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2");
	tree_link(j->tree, "sys/class/block/nvme0n1p2", DISK_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2");
	tree_link(j->tree, "sys/class/block/nvme0n1", DISK_PATH "/nvme/nvme0/nvme0n1");
	j->device = DISK;
}

#define MOUNT(number, point, type, source)                                                         \
	"22 1 " number " / " point " rw,relatime shared:1 - " type " " source " rw\n"

static void a_mounted_file_system_keeps_its_controller(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	add_disk(&j);
	tree_write(j.tree, "proc/self/mountinfo", MOUNT("0:5", "/proc", "proc", "proc"));
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_write(j.tree, "proc/self/mountinfo",
		   MOUNT("0:5", "/proc", "proc", "proc")
		   MOUNT("259:2", "/", "ext4", "/dev/nvme0n1p2"));
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "/ on nvme0n1p2", "unmount");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 1);
	j.device = GPU;
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 1); /* its audio function only */
	assert_string_equal(finding_kinds[j.findings.items[0].id].id, "group-not-viable");
	judged_release(&j);
}

/* / on LVM on LUKS on the partition: dm-1 has the slave dm-0, which has the slave nvme0n1p2. */
static void device_mapper_is_followed_down_to_the_disk(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	add_disk(&j);
	tree_link(j.tree, "sys/dev/block/253:1", "sys/devices/virtual/block/dm-1");
	tree_link(j.tree, "sys/class/block/dm-1", "sys/devices/virtual/block/dm-1");
	tree_link(j.tree, "sys/class/block/dm-0", "sys/devices/virtual/block/dm-0");
	tree_link(j.tree, "sys/devices/virtual/block/dm-1/slaves/dm-0",
		  "sys/devices/virtual/block/dm-0");
	tree_link(j.tree, "sys/devices/virtual/block/dm-0/slaves/nvme0n1p2",
		  DISK_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2");
	tree_write(j.tree, "sys/devices/virtual/block/dm-1/dm/name", "vg-root\n");
	tree_write(j.tree, "proc/self/mountinfo",
		   MOUNT("253:1", "/home", "ext4", "/dev/mapper/vg-root"));
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "/home on dm-1", "unmount");
	tree_remove(j.tree, "proc/self/mountinfo");
	tree_write(j.tree, "proc/swaps", "Filename Type Size Used Priority\n"
					 "/dev/mapper/vg-root partition 1000 0 -2\n");
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "swap on dm-1", "swapoff");
	tree_write(j.tree, "proc/swaps", "Filename Type Size Used Priority\n"
					 "/home/swap file 1000 0 -2\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

/* btrfs has a device number of its own, 0:30, and may lie on several disks. */
static void every_disk_of_btrfs_is_in_use(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	add_disk(&j);
	tree_link(j.tree, "sys/class/block/sda", "sys/devices/pci0000:00/0000:00:1f.2/ata1/sda");
	tree_link(j.tree, "sys/fs/btrfs/uuid/devices/sda",
		  "sys/devices/pci0000:00/0000:00:1f.2/ata1/sda");
	tree_link(j.tree, "sys/fs/btrfs/uuid/devices/nvme0n1p2",
		  DISK_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2");
	tree_write(j.tree, "proc/self/mountinfo", MOUNT("0:30", "/srv", "btrfs", "/dev/sda"));
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "/srv on sda", "unmount");
	judged_release(&j);
}

static void a_multipath_disk_is_found_through_its_subsystem(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	add_disk(&j);
	tree_link(j.tree, "sys/dev/block/259:9",
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n2");
	tree_link(j.tree, "sys/class/nvme-subsystem/nvme-subsys0",
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys0");
	tree_link(j.tree, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		  DISK_PATH "/nvme/nvme0");
	tree_write(j.tree, "proc/self/mountinfo", MOUNT("259:9", "/", "ext4", "/dev/nvme0n2"));
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "/ on nvme0n2", "unmount");
	judged_release(&j);
}

static void the_root_pool_of_zfs_is_not_known(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "proc/self/mountinfo", MOUNT("0:25", "/", "zfs", "rpool/ROOT"));
	ASSERT_ONLY(&j, "unreadable", "/proc/self/mountinfo", "zpool status", "look yourself");
	judged_release(&j);
}

#define ROUTES "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"

static void the_default_route_keeps_its_interface(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_add_function(j.tree, DISK, 0x8086, 0x10d3, 0x020000, "e1000e", 7, NULL);
	tree_mkdir(j.tree, DISK_PATH "/net/eth0");
	tree_link(j.tree, "sys/class/net/eth0", DISK_PATH "/net/eth0");
	j.device = DISK;
	tree_write(j.tree, "proc/net/route",
		   ROUTES "eth0 0000A8C0 00000000 0001 0 0 100 00FFFFFF 0 0 0\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_write(j.tree, "proc/net/route",
		   ROUTES "eth0 00000000 0100A8C0 0003 0 0 100 00000000 0 0 0\n");
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "default route through eth0", "ip route");
	judged_release(&j);
}

static void a_bridge_is_followed_down_to_its_interface(void **unused)
{
	static const char none[] = "00000000000000000000000000000000";
	_cleanup_free_ char *routes =
		xasprintf("%s 00 %s 00 %s ffffffff 00000001 00000000 00200200 lo\n"
			  "%s 00 %s 00 fe800000000000000000000000000001 00000400 00000001 00000000 "
			  "00000003 br0\n", none, none, none, none, none);
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_add_function(j.tree, DISK, 0x8086, 0x10d3, 0x020000, "e1000e", 7, NULL);
	tree_mkdir(j.tree, DISK_PATH "/net/eth0");
	tree_link(j.tree, "sys/class/net/eth0", DISK_PATH "/net/eth0");
	tree_link(j.tree, "sys/class/net/br0", "sys/devices/virtual/net/br0");
	tree_link(j.tree, "sys/devices/virtual/net/br0/lower_eth0", DISK_PATH "/net/eth0");
	tree_write(j.tree, "proc/net/ipv6_route", routes);
	j.device = DISK;
	ASSERT_ONLY(&j, "root-storage-or-network", DISK, "default route through br0", "ip route");
	judged_release(&j);
}

/* The process has /dev/null open, whose number the driver's shared node has. */
static void open_shared_node(struct tree *tree)
{
	_cleanup_free_ char *number = NULL;
	struct stat st;

	assert_int_equal(stat("/dev/null", &st), 0);
	number = xasprintf("%u:%u\n", major(st.st_rdev), minor(st.st_rdev));
	tree_write(tree, "sys/class/kfd/kfd/dev", number);
	tree_write(tree, "proc/77/comm", "rocm-app\n");
	tree_link_outside(tree, "proc/77/fd/3", "/dev/null");
}

static void a_shared_node_blocks_only_where_no_other_card_shares_it(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	open_shared_node(j.tree);
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_unbind(j.tree, GPU);
	tree_bind(j.tree, GPU, "amdgpu");
	ASSERT_ONLY(&j, "device-in-use", GPU, "rocm-app (pid 77)", "stop rocm-app");
	assert_contains(j.findings.items[0].message, "share");
	tree_add_function(j.tree, GPU2, 0x1002, 0x5159, 0x030000, "amdgpu", 9, NULL);
	ASSERT_ONLY(&j, "shared-node-in-use", GPU, "rocm-app (pid 77)", "stop it");
	judged_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_is_ready_has_no_findings),
		cmocka_unit_test(a_firmware_frame_buffer_in_a_bar_is_on_the_card),
		cmocka_unit_test(of_another_class_the_frame_buffer_has_to_be_released),
		cmocka_unit_test(of_another_class_memory_of_the_device_stays_taken),
		cmocka_unit_test(a_frame_buffer_device_below_the_card_is_on_it),
		cmocka_unit_test(addresses_that_are_hidden_are_not_taken_for_another_card),
		cmocka_unit_test(files_that_cannot_be_read_are_not_taken_for_absent),
		cmocka_unit_test(the_console_on_the_cards_frame_buffer_is_told),
		cmocka_unit_test(a_mounted_file_system_keeps_its_controller),
		cmocka_unit_test(device_mapper_is_followed_down_to_the_disk),
		cmocka_unit_test(every_disk_of_btrfs_is_in_use),
		cmocka_unit_test(a_multipath_disk_is_found_through_its_subsystem),
		cmocka_unit_test(the_root_pool_of_zfs_is_not_known),
		cmocka_unit_test(the_default_route_keeps_its_interface),
		cmocka_unit_test(a_bridge_is_followed_down_to_its_interface),
		cmocka_unit_test(a_shared_node_blocks_only_where_no_other_card_shares_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
