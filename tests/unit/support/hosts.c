/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/hosts.h"

#include "base/helper.h"
#include "support/test.h"

struct tree *host_with_radeon(void)
{
	struct tree *tree = tree_new();

	tree_add_function(tree, "0000:00:00.0", 0x8086, 0x29c0, 0x060000, NULL, 0, NULL);
	tree_add_function(tree, SCREEN, 0x1234, 0x1111, 0x030000, "bochs-drm", 1, NULL);
	tree_set(tree, SCREEN, "boot_vga", "1");
	tree_add_function(tree, PORT, 0x1b36, 0x000c, 0x060400, "pcieport", 2, NULL);
	tree_add_function(tree, GPU, 0x1002, 0x5159, 0x030000, "radeon", GPU_GROUP, PORT);
	tree_add_function(tree, AUDIO, 0x1002, 0xaa38, 0x040300, "snd_hda_intel", GPU_GROUP, PORT);
	tree_set_iommu_active(tree, "dmar0");
	tree_set_interrupts(tree, "      CPU0\n  24:   7   IR-PCI-MSI-0000:01:00.0   radeon\n");
	return tree;
}

struct tree *host_with_two_radeons(void)
{
	struct tree *tree = host_with_radeon();

	tree_add_function(tree, PORT2, 0x1b36, 0x000c, 0x060400, "pcieport", 4, NULL);
	tree_add_function(tree, GPU2, 0x1002, 0x5159, 0x030000, "radeon", GPU2_GROUP, PORT2);
	tree_add_function(tree, AUDIO2, 0x1002, 0xaa38, 0x040300, "snd_hda_intel", GPU2_GROUP,
			  PORT2);
	return tree;
}

void host_load_vfio(struct tree *tree)
{
	tree_add_module(tree, "vfio");
	tree_add_module(tree, "vfio_iommu_type1");
	tree_add_driver(tree, "vfio-pci", "vfio_pci");
}

void host_bind_to_vfio(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *driver = tree_driver(tree, addr);

	if (driver)
		tree_unbind(tree, addr);
	tree_set(tree, addr, "driver_override", "vfio-pci");
	tree_bind(tree, addr, "vfio-pci");
}

void host_look(struct tree *tree, struct host *ret)
{
	static bool looked;
	struct pci_addr addrs[64];
	struct error err;

	if (!looked)
		atexit(helper_stop_kept);
	looked = true;
	assert_ok(host_discover(tree_root(tree), HOST_MODULES | HOST_HELD, ret, &err), err);
	assert_true(ret->functions.count <= ARRAY_SIZE(addrs));
	for (size_t i = 0; i < ret->functions.count; i++)
		addrs[i] = ret->functions.items[i].addr;
	host_discover_closely(ret, addrs, ret->functions.count);
}

void host_look_again(struct tree *tree, struct host *host)
{
	host_release(host);
	host_look(tree, host);
}

void target_add(struct targets *targets, const struct host *host, const char *device)
{
	struct error err;

	assert_ok(targets_add_device(targets, host, device, &err), err);
}
