/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

const struct finding_kind finding_kinds[FINDING_MAX] = {
	[FINDING_IOMMU_OFF] = { "iommu-off", SEVERITY_BLOCK,
		"The host has no active IOMMU, so no device can be given away safely." },
	[FINDING_NO_IOMMU_GROUP] = { "no-iommu-group", SEVERITY_BLOCK,
		"The IOMMU does not cover the device; vfio-pci refuses it." },
	[FINDING_NOT_AN_ENDPOINT] = { "not-an-endpoint", SEVERITY_BLOCK,
		"The device is a bridge; only endpoints can be given to a guest." },
	[FINDING_GROUP_NOT_VIABLE] = { "group-not-viable", SEVERITY_BLOCK,
		"Host drivers hold other members of the IOMMU group; no guest can have any of it." },
	[FINDING_RESERVED_DIRECT] = { "reserved-direct", SEVERITY_BLOCK,
		"The firmware keeps using memory through the device; the kernel refuses it." },
	[FINDING_NO_INTERRUPT_REMAPPING] = { "no-interrupt-remapping", SEVERITY_BLOCK,
		"Without interrupt remapping a guest could inject interrupts; the kernel refuses it." },
	[FINDING_BOOT_GPU] = { "boot-gpu", SEVERITY_BLOCK,
		"The firmware's console is on the card: binding it takes the host's screen." },
	[FINDING_BOOT_FRAMEBUFFER] = { "boot-framebuffer", SEVERITY_BLOCK,
		"The firmware's frame buffer, and so the host's screen, is in the card's memory." },
	[FINDING_ROOT_STORAGE_OR_NETWORK] = { "root-storage-or-network", SEVERITY_BLOCK,
		"The host itself needs the device: mounted disks, swap or the default route." },
	[FINDING_DEVICE_LOCKED] = { "device-locked", SEVERITY_BLOCK,
		"Some process's change of the device does not end, and holds the device's lock." },
	[FINDING_DEVICE_IN_USE] = { "device-in-use", SEVERITY_BLOCK,
		"A process has a node of the device open; its driver would wait or crash." },
	[FINDING_LIBVIRT_USES_DEVICE] = { "libvirt-uses-device", SEVERITY_BLOCK,
		"A guest of libvirt's that runs has the device." },
	[FINDING_VFS_ENABLED] = { "vfs-enabled", SEVERITY_BLOCK,
		"SR-IOV virtual functions are enabled on the device; vfio-pci refuses it." },
	[FINDING_MODULE_MISSING] = { "module-missing", SEVERITY_BLOCK,
		"A vfio module is neither in the kernel nor among its modules." },
	[FINDING_MODULE_BLACKLISTED] = { "module-blacklisted", SEVERITY_BLOCK,
		"The administrator keeps a vfio module from loading." },
	[FINDING_WRONG_DEVICE] = { "wrong-device", SEVERITY_BLOCK,
		"Another device than the one that was claimed is at the claim's address." },
	[FINDING_MEMORY_LOW] = { "memory-low", SEVERITY_BLOCK,
		"The guest's memory is more than the host has available, and would be locked." },
	[FINDING_NO_RESET] = { "no-reset", SEVERITY_WARN,
		"The kernel knows no way to reset the function between guest and host." },
	[FINDING_HOLDERS_UNKNOWN] = { "holders-unknown", SEVERITY_WARN,
		"Not every process could be looked at; only root sees who has the device open." },
	[FINDING_UNREADABLE] = { "unreadable", SEVERITY_WARN,
		"Something that decides is there and could not be read, so it is not known." },
	[FINDING_FRAMEBUFFER_NOT_GIVEN_BACK] = { "framebuffer-not-given-back", SEVERITY_WARN,
		"The firmware's frame buffer is on the card, and unbind cannot restore the screen." },
	[FINDING_FRAMEBUFFER_REMAINS] = { "framebuffer-remains", SEVERITY_WARN,
		"vfio-pci has the card, but the firmware's frame buffer still has its memory." },
	[FINDING_SHARED_NODE_IN_USE] = { "shared-node-in-use", SEVERITY_WARN,
		"A process has a node open that several cards share, /dev/kfd or /dev/nvidiactl." },
	[FINDING_ACS_OVERRIDE_IN_EFFECT] = { "acs-override-in-effect", SEVERITY_WARN,
		"pcie_acs_override= splits groups that the hardware does not keep apart." },
	[FINDING_PREDICTION_DIFFERS] = { "prediction-differs", SEVERITY_WARN,
		"The kernel's IOMMU group is not what its rule makes of the devices' ACS." },
	[FINDING_SWITCH_WITHOUT_ACS] = { "switch-without-acs", SEVERITY_WARN,
		"Devices behind ports of one switch can reach each other past the IOMMU." },
	[FINDING_D3COLD] = { "d3cold", SEVERITY_WARN,
		"The device is without power, so its configuration cannot be read." },
	[FINDING_SHARED_SLOT] = { "shared-slot", SEVERITY_WARN,
		"A function that is no sound goes along with the GPU of its slot." },
	[FINDING_ROM_SHADOWED] = { "rom-shadowed", SEVERITY_WARN,
		"The boot GPU's ROM cannot be read; the kernel shows the firmware's copy." },
	[FINDING_ROM_WITHOUT_EFI] = { "rom-without-efi", SEVERITY_WARN,
		"The card's ROM (check --rom, or romfile=) has nothing that OVMF can run." },
	[FINDING_NO_SANDBOX] = { "no-sandbox", SEVERITY_WARN,
		"QEMU was built without the seccomp filter that keeps a broken-out guest small." },
	[FINDING_USB_ABSENT] = { "usb-absent", SEVERITY_WARN,
		"A USB device of the guest's is not plugged in; later QEMU may not open it." },
	[FINDING_DRIVER_BUILT_IN] = { "driver-built-in", SEVERITY_WARN,
		"The GPU's driver is part of the kernel; no claim can come before it." },
	[FINDING_MODPROBE_ORDER_USELESS] = { "modprobe-order-useless", SEVERITY_WARN,
		"A softdep in modprobe.d is for a driver that is built in, and has no effect." },
	[FINDING_IDS_CLAIM] = { "ids-claim", SEVERITY_WARN,
		"vfio-pci.ids= gives every device with these ids to vfio-pci." },
	[FINDING_DRIVERCTL_OVERRIDE] = { "driverctl-override", SEVERITY_WARN,
		"driverctl decides about the device's driver as well." },
	[FINDING_CLAIM_LOST] = { "claim-lost", SEVERITY_WARN,
		"A claim gives the device to vfio-pci from the boot on, but it is not there." },
	[FINDING_CLAIM_UNUSABLE] = { "claim-unusable", SEVERITY_WARN,
		"A claim file cannot be read or believed, and so does not hold." },
	[FINDING_CPU_NO_VIRTUALISATION] = { "cpu-no-virtualisation", SEVERITY_WARN,
		"The processor shows neither vmx nor svm." },
	[FINDING_KVM_MISSING] = { "kvm-missing", SEVERITY_WARN,
		"/dev/kvm is not there or may not be opened." },
	[FINDING_QEMU_MISSING] = { "qemu-missing", SEVERITY_WARN,
		"There is no QEMU to start a guest with." },
	[FINDING_OVMF_MISSING] = { "ovmf-missing", SEVERITY_WARN,
		"There is no UEFI firmware for guests." },
	[FINDING_MEMLOCK_LOW] = { "memlock-low", SEVERITY_WARN,
		"You may lock less memory than a guest with a device needs." },
	[FINDING_CONSOLE_ON_DEVICE] = { "console-on-device", SEVERITY_INFO,
		"The kernel's text console is on a frame buffer of the card." },
	[FINDING_DRIVER_HAS_USERS] = { "driver-has-users", SEVERITY_INFO,
		"Other kernel modules are built on the GPU's driver." },
	[FINDING_LARGE_BAR] = { "large-bar", SEVERITY_INFO,
		"The card has a BAR of a GiB or more, for which the guest needs address space." },
	[FINDING_RESIZABLE_BAR] = { "resizable-bar", SEVERITY_INFO,
		"The card has a BAR that can be resized." },
	[FINDING_HUGEPAGES] = { "hugepages", SEVERITY_INFO,
		"No huge page is free for a guest's memory." },
	[FINDING_GROUP_WOULD_WIDEN] = { "group-would-widen", SEVERITY_INFO,
		"A rule proposed for Linux would put more devices into the IOMMU group." },
	[FINDING_KERNEL_LOCKDOWN] = { "kernel-lockdown", SEVERITY_INFO,
		"The kernel is locked down, and loads no module that is not signed." },
	[FINDING_MODPROBE_ORDER_MISSING] = { "modprobe-order-missing", SEVERITY_INFO,
		"vfio-pci is to have the device at boot, but its driver may be loaded first." },
	[FINDING_VFIO_BUILT_IN] = { "vfio-built-in", SEVERITY_INFO,
		"vfio-pci is part of the kernel: options for it in modprobe.d have no effect." },
};

enum finding_id finding_id_from_string(const char *text)
{
	for (int i = 0; i < FINDING_MAX; i++)
		if (strcmp(finding_kinds[i].id, text) == 0)
			return (enum finding_id)i;
	return FINDING_INVALID;
}

const char *finding_severity_to_string(enum finding_severity severity)
{
	static const char *const names[] = {
		[SEVERITY_BLOCK] = "block", [SEVERITY_WARN] = "warn", [SEVERITY_INFO] = "info",
	};

	return names[severity];
}

void finding_add(struct finding_list *list, enum finding_id id, const char *subject, char *message,
		 char *remedy)
{
	ARRAY_GROW(list->items, list->count);
	list->items[list->count++] = (struct finding){
		.id = id, .subject = xstrdup(subject), .message = message, .remedy = remedy,
	};
}

void finding_list_move(struct finding_list *from, struct finding_list *to)
{
	for (size_t i = 0; i < from->count; i++) {
		ARRAY_GROW(to->items, to->count);
		to->items[to->count++] = from->items[i];
	}
	free(from->items);
	*from = (struct finding_list){ 0 };
	finding_list_sort(to);
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	return x->id != y->id ? (int)x->id - (int)y->id : strcmp(x->subject, y->subject);
}

void finding_list_sort(struct finding_list *list)
{
	if (list->count > 0)
		qsort(list->items, list->count, sizeof(*list->items), compare_findings);
}

void finding_list_release(struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].subject);
		free(list->items[i].message);
		free(list->items[i].remedy);
	}
	free(list->items);
	*list = (struct finding_list){ 0 };
}
