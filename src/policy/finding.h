/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

enum finding_severity { SEVERITY_BLOCK, SEVERITY_WARN, SEVERITY_INFO };

/* Every finding there is; the table in finding.c says what each is called and means. */
enum finding_id {
	FINDING_IOMMU_OFF,
	FINDING_NO_IOMMU_GROUP,
	FINDING_NOT_AN_ENDPOINT,
	FINDING_GROUP_NOT_VIABLE,
	FINDING_RESERVED_DIRECT,
	FINDING_NO_INTERRUPT_REMAPPING,
	FINDING_BOOT_GPU,
	FINDING_BOOT_FRAMEBUFFER,
	FINDING_ROOT_STORAGE_OR_NETWORK,
	FINDING_DEVICE_LOCKED,
	FINDING_DEVICE_IN_USE,
	FINDING_LIBVIRT_USES_DEVICE,
	FINDING_VFS_ENABLED,
	FINDING_MODULE_MISSING,
	FINDING_MODULE_BLACKLISTED,
	FINDING_WRONG_DEVICE,
	FINDING_MEMORY_LOW,
	FINDING_NO_RESET,
	FINDING_HOLDERS_UNKNOWN,
	FINDING_UNREADABLE,
	FINDING_FRAMEBUFFER_NOT_GIVEN_BACK,
	FINDING_FRAMEBUFFER_REMAINS,
	FINDING_SHARED_NODE_IN_USE,
	FINDING_ACS_OVERRIDE_IN_EFFECT,
	FINDING_PREDICTION_DIFFERS,
	FINDING_SWITCH_WITHOUT_ACS,
	FINDING_D3COLD,
	FINDING_SHARED_SLOT,
	FINDING_ROM_SHADOWED,
	FINDING_ROM_WITHOUT_EFI,
	FINDING_NO_SANDBOX,
	FINDING_USB_ABSENT,
	FINDING_DRIVER_BUILT_IN,
	FINDING_MODPROBE_ORDER_USELESS,
	FINDING_IDS_CLAIM,
	FINDING_DRIVERCTL_OVERRIDE,
	FINDING_CLAIM_LOST,
	FINDING_CLAIM_UNUSABLE,
	FINDING_CPU_NO_VIRTUALISATION,
	FINDING_KVM_MISSING,
	FINDING_QEMU_MISSING,
	FINDING_OVMF_MISSING,
	FINDING_MEMLOCK_LOW,
	FINDING_CONSOLE_ON_DEVICE,
	FINDING_DRIVER_HAS_USERS,
	FINDING_LARGE_BAR,
	FINDING_RESIZABLE_BAR,
	FINDING_HUGEPAGES,
	FINDING_GROUP_WOULD_WIDEN,
	FINDING_KERNEL_LOCKDOWN,
	FINDING_MODPROBE_ORDER_MISSING,
	FINDING_VFIO_BUILT_IN,
	FINDING_MAX,
	FINDING_INVALID = -1,
};

/* What is fixed about a finding: its stable name, and what it is, in one sentence. */
struct finding_kind {
	const char *id;
	enum finding_severity severity;
	const char *title;
};

extern const struct finding_kind finding_kinds[FINDING_MAX];

struct finding {
	enum finding_id id;
	char *subject; /* an address, a group, a module */
	char *message; /* one sentence: why */
	char *remedy;  /* what to do next */
};

/* Findings of one assessment, in the order of enum finding_id: blocking ones first. */
struct finding_list {
	struct finding *items;
	size_t count;
};

enum finding_id finding_id_from_string(const char *text);
const char *finding_severity_to_string(enum finding_severity severity);

/* Takes message and remedy, which were allocated; copies subject. */
void finding_add(struct finding_list *list, enum finding_id id, const char *subject, char *message,
		 char *remedy);

/* Put one list's findings into the other, sorted; the first is empty then. */
void finding_list_move(struct finding_list *from, struct finding_list *to);
void finding_list_sort(struct finding_list *list);
void finding_list_release(struct finding_list *list);
