/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "host/pci-addr.h"
#include "host/root.h"

enum interrupt_remapping {
	REMAPPING_UNKNOWN, /* not an x86 host, or /proc/interrupts cannot be read */
	REMAPPING_OFF,
	REMAPPING_ON,
};

/* The kernel's IOMMU group: the smallest set of functions that can be given away safely. */
struct iommu_group {
	int id;
	char *type; /* of its default domain: "DMA", "DMA-FQ", "identity", ... */
	struct pci_addr *members;
	size_t member_count;
	struct strv reserved; /* "START END KIND" lines of reserved_regions */
	bool has_direct;      /* a region of kind "direct": firmware keeps using the memory */
};

struct iommu {
	bool active;
	const char *kind; /* "intel", "amd", "virtio", "smmu", "other"; NULL when not active */
	enum interrupt_remapping remapping;
	bool unsafe_interrupts; /* vfio_iommu_type1 was told to do without remapping */
	bool has_groups;
	struct iommu_group *groups; /* those that were read, sorted by id */
	size_t group_count;
};

/* A host without an IOMMU is no error: it has no groups and is not active. */
void iommu_read(const struct host_root *root, struct iommu *ret);

/* All groups, or one more of them. Those that have been read are kept. */
void iommu_read_groups(const struct host_root *root, struct iommu *iommu);
void iommu_read_group(const struct host_root *root, struct iommu *iommu, int id);
void iommu_release(struct iommu *iommu);

/* NULL when there is none of this number, or it was not read. */
const struct iommu_group *iommu_find_group(const struct iommu *iommu, int id);
