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
	[FINDING_DEVICE_LOCKED] = { "device-locked", SEVERITY_BLOCK,
		"Some process's change of the device does not end, and holds the device's lock." },
	[FINDING_DEVICE_IN_USE] = { "device-in-use", SEVERITY_BLOCK,
		"A process has a node of the device open; its driver would wait or crash." },
	[FINDING_VFS_ENABLED] = { "vfs-enabled", SEVERITY_BLOCK,
		"SR-IOV virtual functions are enabled on the device; vfio-pci refuses it." },
	[FINDING_MODULE_MISSING] = { "module-missing", SEVERITY_BLOCK,
		"A vfio module is neither in the kernel nor among its modules." },
	[FINDING_MODULE_BLACKLISTED] = { "module-blacklisted", SEVERITY_BLOCK,
		"The administrator keeps a vfio module from loading." },
	[FINDING_NO_RESET] = { "no-reset", SEVERITY_WARN,
		"The kernel knows no way to reset the function between guest and host." },
	[FINDING_HOLDERS_UNKNOWN] = { "holders-unknown", SEVERITY_WARN,
		"Not every process could be looked at; only root sees who has the device open." },
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
