/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check tells besides what blocks bind: of the card, the kernel, other tools, guests. */
#include <stdio.h>

#include "base/alloc.h"
#include "support/judged.h"

#define FLAGS_AMD "vendor_id\t: AuthenticAMD\nflags\t\t: fpu svm\n\n"

static void no_iommu(struct judged *j)
{
	tree_remove(j->tree, "sys/class/iommu/dmar0");
	tree_remove(j->tree, "sys/kernel/iommu_groups");
	for (size_t i = 0; i < 2; i++)
		tree_unset(j->tree, i ? AUDIO : GPU, "iommu_group");
}

static void an_iommu_that_the_firmware_does_not_offer_is_turned_on_there(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	no_iommu(&j);
	tree_remove(j.tree, "sys/firmware/acpi/tables/DMAR");
	ASSERT_ONLY(&j, "iommu-off", "iommu", "off in the firmware", "turn on VT-d");
	assert_contains(j.findings.items[0].message, "DMAR");
	tree_write(j.tree, "proc/cpuinfo", FLAGS_AMD);
	ASSERT_ONLY(&j, "iommu-off", "iommu", "IVRS", "AMD-Vi");
	tree_write(j.tree, "proc/cmdline", "quiet amd_iommu=off\n");
	tree_write(j.tree, "etc/default/grub", "");
	ASSERT_ONLY(&j, "iommu-off", "iommu", "on the kernel command line (amd_iommu=off)",
		    "AMD-Vi (IOMMU) in the firmware set-up; then take amd_iommu=off out of GRUB");
	judged_release(&j);
}

static void an_iommu_that_the_kernel_leaves_off_is_turned_on_by_its_word(void **unused)
{
	static const struct {
		const char *files[2], *remedy;
	} loaders[] = {
		{ { NULL }, "add intel_iommu=on to the kernel command line" },
		{ { "boot/loader/entries/debian.conf" }, "to the options line of the entry" },
		{ { "etc/kernel/cmdline" },
		  "/etc/kernel/cmdline, run kernel-install add-all (where it knows no such word: "
		  "kernel-install add $(uname -r) /boot/vmlinuz-$(uname -r)) and reboot" },
		{ { "etc/default/grub" }, "/etc/default/grub, run grub-mkconfig" },
		{ { "usr/sbin/update-grub" }, "/etc/default/grub, run update-grub and reboot" },
		{ { "usr/sbin/grubby" }, "grubby --update-kernel=ALL --args=\"intel_iommu=on\"" },
		{ { "etc/kernel/proxmox-boot-uuids" }, "run proxmox-boot-tool refresh" },
		{ { "boot/firmware/cmdline.txt", "boot/firmware/config.txt" }, "cmdline.txt" },
		{ { "etc/kernelstub/configuration" }, "kernelstub -a \"intel_iommu=on\"" },
	};
	struct judged j;

	(void)unused;
	judged_make(&j);
	no_iommu(&j);
	tree_write(j.tree, "proc/cmdline", "quiet\n");
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++) {
		for (size_t k = 0; k < 2; k++)
			if (loaders[i].files[k])
				tree_write(j.tree, loaders[i].files[k], "");
		ASSERT_ONLY(&j, "iommu-off", "iommu", "the firmware offers one (DMAR)",
			    loaders[i].remedy);
	}
	judged_release(&j);
}

static void the_word_that_keeps_the_iommu_off_is_named(void **unused)
{
	static const char *const off[] = { "intel_iommu=off", "intel_iommu=on,off", "iommu=off" };
	struct judged j;

	(void)unused;
	judged_make(&j);
	no_iommu(&j);
	for (size_t i = 0; i < ARRAY_SIZE(off); i++) {
		_cleanup_free_ char *cmdline = xasprintf("root=/dev/sda1 %s quiet\n", off[i]);

		tree_write(j.tree, "proc/cmdline", cmdline);
		ASSERT_ONLY(&j, "iommu-off", "iommu", off[i], "out of");
	}
	tree_write(j.tree, "proc/cmdline",
		   "amd_iommu=off intel_iommu=off intel_iommu=on iommu=pt\n");
	ASSERT_ONLY(&j, "iommu-off", "iommu", "could not use it", "dmesg");
	judged_release(&j);
}

/* What cannot be read is not taken for an IOMMU that the firmware has off. */
static void tables_that_cannot_be_listed_are_not_absent(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	no_iommu(&j);
	tree_remove(j.tree, "sys/firmware/acpi/tables");
	judge_for(&j, ASSESS_CHECK);
	assert_null(strstr(judged_find(&j, "iommu-off", "iommu")->message, "firmware"));
	tree_link_outside(j.tree, "sys/firmware/acpi/tables", "tables"); /* ELOOP */
	judge_for(&j, ASSESS_CHECK);
	assert_null(strstr(judged_find(&j, "iommu-off", "iommu")->message, "firmware"));
	judged_find(&j, "unreadable", "/sys/firmware/acpi/tables");
	judged_release(&j);
}

static void an_intel_gpu_that_debian_leaves_out_gets_its_group_by_a_word(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	j.device = "0000:00:03.0";
	tree_add_function(j.tree, j.device, 0x8086, 0x3e92, 0x030000, "i915", -1, NULL);
	tree_write(j.tree, "etc/default/grub", "");
	tree_write(j.tree, "proc/cmdline", "quiet\n");
	ASSERT_ONLY(&j, "no-iommu-group", j.device, "Debian", "add intel_iommu=on to GRUB_CMDLINE");
	tree_write(j.tree, "proc/cmdline", "intel_iommu=on,igfx_off\n");
	ASSERT_ONLY(&j, "no-iommu-group", j.device, "on,igfx_off", "replace");
	tree_write(j.tree, "proc/cmdline", "intel_iommu=on\n");
	ASSERT_ONLY(&j, "no-iommu-group", j.device, "does not cover", "cannot be given away");
	judged_release(&j);
}

static void the_processor_and_kvm_are_looked_for(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_remove(j.tree, "sys/class/misc/kvm");
	ASSERT_ONLY(&j, "kvm-missing", "/dev/kvm", "no KVM driver", "modprobe kvm_intel");
	tree_write(j.tree, "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t: fpu vmxnot\n\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	judged_find(&j, "cpu-no-virtualisation", "processor");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	tree_remove(j.tree, "sys/class/misc"); /* a capture without it tells nothing */
	tree_remove(j.tree, "proc/cpuinfo");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void what_a_guest_needs_is_looked_for(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_remove(j.tree, "usr/bin/qemu-system-x86_64");
	ASSERT_ONLY(&j, "qemu-missing", "qemu-system-x86_64", "no such program", "apt install");
	tree_write(j.tree, "usr/libexec/qemu-kvm", "");
	tree_remove(j.tree, "usr/share/OVMF");
	ASSERT_ONLY(&j, "ovmf-missing", "OVMF", "no UEFI firmware", "apt install ovmf");
	tree_write(j.tree, "usr/share/qemu/firmware/50-bios.json",
		   "{\"interface-types\": [\"bios\"], \"architecture\": \"x86_64\"}");
	ASSERT_ONLY(&j, "ovmf-missing", "OVMF", "no UEFI firmware", "apt install ovmf");
	tree_write(j.tree, "usr/share/qemu/firmware/60-edk2.json",
		   "{\"interface-types\": [\"uefi\"], \"architecture\": \"x86_64\"}");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void memory_for_guests_is_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "0\n");
	ASSERT_ONLY(&j, "hugepages", "memory", "all 16", "vm.nr_hugepages");
	tree_write(j.tree, "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n");
	ASSERT_ONLY(&j, "hugepages", "memory", "no huge pages", "vm.nr_hugepages");
	j.host.means.hugepages_free = 1;
	j.host.means.memlock_low = KNOWN_YES;
	j.host.means.memlock_limit = 8 << 20;
	finding_list_release(&j.findings);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
	assert_int_equal(j.findings.count, 1);
	assert_contains(judged_find(&j, "memlock-low", "RLIMIT_MEMLOCK")->message, "8 MiB");
	judged_release(&j);
}

static void what_else_is_on_the_card_goes_along(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_add_function(j.tree, "0000:01:00.2", 0x10de, 0x1ad8, 0x0c0330, "xhci_hcd", GPU_GROUP,
			  PORT);
	ASSERT_ONLY(&j, "shared-slot", "0000:01:00.2", "USB controller is on the same card",
		    "another controller");
	assert_contains(j.findings.items[0].message, "xhci_hcd");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void a_card_without_power_is_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_set(j.tree, GPU, "power_state", "D3cold");
	ASSERT_ONLY(&j, "d3cold", GPU, "D3cold", "echo on > /sys/bus/pci/devices/" GPU
		    "/power/control");
	judged_release(&j);
}

static void the_boot_gpus_rom_is_shadowed(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_set(j.tree, GPU, "boot_vga", "1");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	judged_find(&j, "boot-gpu", GPU);
	assert_contains(judged_find(&j, "rom-shadowed", GPU)->remedy, "romfile=");
	judged_release(&j);
}

static void large_and_resizable_bars_are_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_set(j.tree, GPU, "resource0_resize", "00000000000fff00");
	ASSERT_ONLY(&j, "resizable-bar", GPU, "256 MiB", "resource0_resize");
	tree_unset(j.tree, GPU, "resource0_resize");
	tree_set(j.tree, GPU, "resource", "0x0000006000000000 0x00000063ffffffff 0x14220c\n");
	ASSERT_ONLY(&j, "large-bar", GPU, "16 GiB", "host-phys-bits=on");
	judged_release(&j);
}

static void a_driver_that_is_built_in_comes_before_any_claim(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "etc/modprobe.d/gpu.conf", "softdep radeon pre: vfio-pci\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_remove(j.tree, "sys/module/radeon/initstate");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	judged_find(&j, "driver-built-in", GPU);
	assert_contains(judged_find(&j, "modprobe-order-useless", GPU)->remedy, "gpu.conf");
	tree_remove(j.tree, "etc/modprobe.d/gpu.conf");
	tree_remove(j.tree, "sys/bus/pci/drivers/radeon/module");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0); /* neither index nor link: not known */
	tree_write(j.tree, "lib/modules/6.1.0/modules.builtin",
		   "kernel/drivers/gpu/drm/drm.ko\nkernel/drivers/gpu/drm/radeon/radeon.ko\n");
	ASSERT_ONLY(&j, "driver-built-in", GPU, "radeon", "vfioadm bind");
	judged_release(&j);
}

static void modules_on_top_of_the_driver_are_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_mkdir(j.tree, "sys/module/radeon/holders/radeon_extra");
	tree_write(j.tree, "sys/module/radeon/refcnt", "3\n");
	ASSERT_ONLY(&j, "driver-has-users", GPU, "radeon_extra (it is in use 3 times)",
		    "modprobe -r radeon_extra");
	judged_release(&j);
}

/* Of nvidia's stack only nvidia_drm with modeset=1 has cards open by itself. */
static void nvidia_drm_with_modeset_keeps_the_card_open(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_unbind(j.tree, GPU);
	tree_add_driver(j.tree, "nvidia", "nvidia");
	tree_bind(j.tree, GPU, "nvidia");
	tree_write(j.tree, "sys/module/nvidia_drm/parameters/modeset", "N\n");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	tree_write(j.tree, "sys/module/nvidia_drm/parameters/modeset", "Y\n");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 1);
	assert_contains(judged_find(&j, "device-in-use", GPU)->remedy, "modprobe -r nvidia_drm");
	tree_unbind(j.tree, GPU);
	tree_bind(j.tree, GPU, "radeon");
	judge_for(&j, ASSESS_BIND);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void order_modules(struct judged *j)
{
	tree_write(j->tree, "etc/modprobe.d/order.conf",
		   "softdep radeon pre: vfio-pci\nsoftdep snd_hda_intel pre: vfio_pci\n");
}

static void ids_that_vfio_pci_was_given_are_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	order_modules(&j);
	tree_add_function(j.tree, GPU2, 0x1002, 0x5159, 0x030000, "radeon", 9, NULL);
	tree_write(j.tree, "etc/modprobe.d/vfio.conf",
		   "# ids=1002:5159\n"
		   "options vfio_pci disable_vga=1 \\\n ids=10de:1b80,1002:5159\n");
	tree_write(j.tree, "usr/lib/modprobe.d/vfio.conf", "options vfio-pci ids=1002:aa38\n");
	ASSERT_ONLY(&j, "ids-claim", GPU, "/etc/modprobe.d/vfio.conf gives every 1002:5159",
		    "out of /etc/modprobe.d/vfio.conf");
	assert_contains(j.findings.items[0].message, "also " GPU2);
	tree_write(j.tree, "etc/modprobe.d/vfio.conf",
		   "options vfio-pci ids=1002:5159:1af4:1100:030000:ffff00,1002:aa38:dead\n");
	ASSERT_ONLY(&j, "ids-claim", GPU, "1002:5159", "vfio.conf");
	tree_remove(j.tree, "etc/modprobe.d/vfio.conf");
	tree_remove(j.tree, "usr/lib/modprobe.d/vfio.conf");
	tree_write(j.tree, "proc/cmdline", "quiet vfio_pci.ids=1002:aa38\n");
	ASSERT_ONLY(&j, "ids-claim", AUDIO, "the kernel command line", "out of");
	tree_write(j.tree, "etc/modprobe.d/vfio.conf", "options vfio-pci ids=1002:5159\n");
	ASSERT_ONLY(&j, "ids-claim", AUDIO, "the kernel command line", "out of"); /* the last hold */
	tree_write(j.tree, "proc/cmdline",
		   "vfio-pci.ids=1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff\n");
	ASSERT_ONLY(&j, "ids-claim", GPU, "every 1002:ffffffff", "out of");
	judged_release(&j);
}

/* It would help only where vfio-pci has to win a race at boot, and a module can lose it. */
static void a_softdep_that_is_missing_is_told_where_it_would_help(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "etc/driverctl.d/pci-" GPU, "vfio-pci\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	assert_contains(judged_find(&j, "modprobe-order-missing", GPU)->remedy,
			"softdep radeon pre: vfio-pci");
	tree_write(j.tree, "etc/modprobe.d/gpu.conf", "softdep radeon pre: vfio-pci\n");
	ASSERT_ONLY(&j, "driverctl-override", GPU, "also", "unset");
	tree_remove(j.tree, "etc/modprobe.d/gpu.conf");
	tree_remove(j.tree, "sys/module/radeon/initstate");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 2);
	judged_find(&j, "driver-built-in", GPU);
	judged_find(&j, "driverctl-override", GPU);
	judged_release(&j);
}

static void driverctl_is_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	order_modules(&j);
	tree_write(j.tree, "etc/driverctl.d/pci-" GPU2, "vfio-pci\n");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	tree_write(j.tree, "etc/driverctl.d/pci-" GPU, "nouveau\n");
	ASSERT_ONLY(&j, "driverctl-override", GPU, "nouveau", "driverctl unset-override " GPU);
	tree_write(j.tree, "etc/driverctl.d/pci-" GPU, "vfio-pci\n");
	ASSERT_ONLY(&j, "driverctl-override", GPU, "also", "driverctl unset-override " GPU);
	judged_release(&j);
}

#define HOSTDEV(slot)                                                                              \
	"<domstatus><domain><devices>"                                                             \
	"<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source>"      \
	"<address type='usb' bus='0' port='2'/></hostdev>"                                         \
	"<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/><source>"         \
	"<address domain='0x0000' bus='0x01' slot='" slot "' function='0x0'/></source>"            \
	"<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></hostdev>"    \
	"</devices></domain></domstatus>"

static void guests_of_libvirt_are_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "run/libvirt/qemu/win.xml", HOSTDEV("0x03"));
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0); /* 01:00.0 is the guest's address here */
	tree_write(j.tree, "run/libvirt/qemu/win.xml", HOSTDEV("0x00"));
	ASSERT_ONLY(&j, "libvirt-uses-device", GPU, "guest win", "virsh shutdown win");
	judge_for(&j, ASSESS_UNBIND);
	assert_non_null(judged_find(&j, "libvirt-uses-device", GPU));
	judge_for(&j, ASSESS_BIND);
	assert_non_null(judged_find(&j, "libvirt-uses-device", GPU));
	tree_write(j.tree, "run/libvirt/qemu/win.xml",
		   "<interface type='network'><source network='a'/><actual type='hostdev'><source>"
		   "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"
		   "</source></actual></interface>");
	ASSERT_ONLY(&j, "libvirt-uses-device", GPU, "guest win", "virsh shutdown win");
	tree_write(j.tree, "run/libvirt/qemu/win.xml",
		   "<disk><source file='/a'/><address type='pci' domain='0x0000' bus='0x01' "
		   "slot='0x00' function='0x0'/></disk><disk type='file'><source file='/b'></source>");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0); /* a guest's address, though between two sources */
	tree_write(j.tree, "run/libvirt/qemu/win.xml", "<hostdev type='pci'><source><address ");
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	judged_release(&j);
}

static void kernel_settings_are_told(void **unused)
{
	struct judged j;

	(void)unused;
	judged_make(&j);
	tree_write(j.tree, "proc/cmdline", "pcie_acs_override=downstream,multifunction\n");
	ASSERT_ONLY(&j, "acs-override-in-effect", "kernel", "downstream,multifunction", "take");
	tree_write(j.tree, "proc/cmdline", "quiet\n");
	tree_write(j.tree, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	ASSERT_ONLY(&j, "kernel-lockdown", "kernel", "(integrity)", "mokutil");
	tree_remove(j.tree, "sys/kernel/security/lockdown");
	tree_remove(j.tree, "sys/module/vfio_pci/initstate");
	tree_add_driver(j.tree, "vfio-pci", NULL);
	ASSERT_ONLY(&j, "vfio-built-in", "kernel", "part of this kernel", "vfio-pci.OPTION=VALUE");
	judged_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_iommu_that_the_firmware_does_not_offer_is_turned_on_there),
		cmocka_unit_test(an_iommu_that_the_kernel_leaves_off_is_turned_on_by_its_word),
		cmocka_unit_test(the_word_that_keeps_the_iommu_off_is_named),
		cmocka_unit_test(tables_that_cannot_be_listed_are_not_absent),
		cmocka_unit_test(an_intel_gpu_that_debian_leaves_out_gets_its_group_by_a_word),
		cmocka_unit_test(the_processor_and_kvm_are_looked_for),
		cmocka_unit_test(what_a_guest_needs_is_looked_for),
		cmocka_unit_test(memory_for_guests_is_told),
		cmocka_unit_test(what_else_is_on_the_card_goes_along),
		cmocka_unit_test(a_card_without_power_is_told),
		cmocka_unit_test(the_boot_gpus_rom_is_shadowed),
		cmocka_unit_test(large_and_resizable_bars_are_told),
		cmocka_unit_test(a_driver_that_is_built_in_comes_before_any_claim),
		cmocka_unit_test(modules_on_top_of_the_driver_are_told),
		cmocka_unit_test(nvidia_drm_with_modeset_keeps_the_card_open),
		cmocka_unit_test(ids_that_vfio_pci_was_given_are_told),
		cmocka_unit_test(a_softdep_that_is_missing_is_told_where_it_would_help),
		cmocka_unit_test(driverctl_is_told),
		cmocka_unit_test(guests_of_libvirt_are_told),
		cmocka_unit_test(kernel_settings_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
