/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/iommu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"
#include "host/sysfs.h"

/* /proc/interrupts has a column per processor: some 10 kB each on a large server. */
#define INTERRUPTS_MAX (16 << 20)

static DIR *open_dir_at(int dirfd, const char *path)
{
	int fd = fileat_open(dirfd, path, O_RDONLY | O_DIRECTORY);

	return dir_open(fd);
}

static DIR *open_dir(const struct host_root *root, const char *path)
{
	int fd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);

	return dir_open(fd);
}

static int compare_addrs(const void *a, const void *b)
{
	return pci_addr_compare(*(const struct pci_addr *)a, *(const struct pci_addr *)b);
}

static void read_members(int group_fd, struct iommu_group *group)
{
	struct error ignored;
	struct dirent *entry;
	struct pci_addr addr;
	DIR *dir = open_dir_at(group_fd, "devices");

	if (!dir)
		return;
	while ((entry = dir_next(dir))) {
		/* A platform device can be a member too; it has no PCI address. */
		if (pci_addr_parse(entry->d_name, &addr, NULL, &ignored) < 0)
			continue;
		ARRAY_GROW(group->members, group->member_count);
		group->members[group->member_count++] = addr;
	}
	dir_close(dir);
	if (group->member_count > 0)
		qsort(group->members, group->member_count, sizeof(addr), compare_addrs);
}

static void release_groups(struct iommu *iommu)
{
	for (size_t i = 0; i < iommu->group_count; i++) {
		free(iommu->groups[i].type);
		free(iommu->groups[i].members);
		strv_release(&iommu->groups[i].reserved);
	}
	free(iommu->groups);
	iommu->groups = NULL;
	iommu->group_count = 0;
}

/* Lines of "START END KIND"; "direct-relaxable" regions are given up for a guest, "direct" are not. */
static void read_reserved(int group_fd, struct iommu_group *group)
{
	_cleanup_free_ char *text = NULL;

	if (sysfs_read_text(group_fd, "reserved_regions", &text) < 0)
		return;
	strv_split(&group->reserved, text, "\n");
	for (size_t i = 0; i < group->reserved.count; i++) {
		const char *kind = strrchr(group->reserved.items[i], ' ');

		group->has_direct |= kind && strcmp(kind, " direct") == 0;
	}
}

static int compare_groups(const void *a, const void *b)
{
	return ((const struct iommu_group *)a)->id - ((const struct iommu_group *)b)->id;
}

static const struct iommu_group *find_group(const struct iommu_group *groups, size_t count, int id)
{
	struct iommu_group key = { .id = id };

	return count > 0 ? bsearch(&key, groups, count, sizeof(key), compare_groups) : NULL;
}

static int read_group(int groups_fd, int id, struct iommu_group *ret)
{
	struct iommu_group group = { .id = id };
	_cleanup_close_ int fd = -1;
	char name[16];

	snprintf(name, sizeof(name), "%d", id);
	fd = fileat_open(groups_fd, name, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	read_members(fd, &group);
	read_reserved(fd, &group);
	sysfs_read_text(fd, "type", &group.type);
	*ret = group;
	return 0;
}

static void add_group(int groups_fd, int id, struct iommu *iommu)
{
	struct iommu_group group;

	if (read_group(groups_fd, id, &group) < 0)
		return;
	ARRAY_GROW(iommu->groups, iommu->group_count);
	iommu->groups[iommu->group_count++] = group;
}

/* The last one is new: to where it belongs. */
static void sort_last(struct iommu *iommu)
{
	const struct iommu_group last = iommu->groups[iommu->group_count - 1];
	size_t at = iommu->group_count - 1;

	for (; at > 0 && iommu->groups[at - 1].id > last.id; at--)
		iommu->groups[at] = iommu->groups[at - 1];
	iommu->groups[at] = last;
}

void iommu_read_groups(const struct host_root *root, struct iommu *iommu)
{
	DIR *dir = open_dir(root, NAME_IOMMU_GROUPS);
	const size_t known = iommu->group_count;
	struct dirent *entry;
	uint64_t id;

	if (!dir)
		return;
	while ((entry = dir_next(dir)))
		if (parse_uint(entry->d_name, INT32_MAX, &id) == 0 &&
		    !find_group(iommu->groups, known, (int)id))
			add_group(dirfd(dir), (int)id, iommu);
	dir_close(dir);
	if (iommu->group_count > 0)
		qsort(iommu->groups, iommu->group_count, sizeof(*iommu->groups), compare_groups);
}

void iommu_read_group(const struct host_root *root, struct iommu *iommu, int id)
{
	const size_t known = iommu->group_count;
	_cleanup_close_ int fd = -1;

	if (iommu_find_group(iommu, id))
		return;
	fd = host_root_openat(root, NAME_IOMMU_GROUPS, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		add_group(fd, id, iommu);
	if (iommu->group_count > known)
		sort_last(iommu);
}

static void find_groups(const struct host_root *root, struct iommu *iommu)
{
	DIR *dir = open_dir(root, NAME_IOMMU_GROUPS);
	struct dirent *entry;

	while (dir && !iommu->has_groups && (entry = dir_next(dir)))
		iommu->has_groups = entry->d_name[0] != '.';
	dir_close(dir);
}

/* The kernel registers each unit that translates: dmar0, ivhd0, smmu3.0x..., virtio0. */
static const char *iommu_kind(const char *name)
{
	static const struct {
		const char *prefix, *kind;
	} kinds[] = {
		{ "dmar", "intel" }, { "ivhd", "amd" }, { "smmu", "smmu" }, { "virtio", "virtio" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(name, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return kinds[i].kind;
	return "other";
}

static void read_kind(const struct host_root *root, struct iommu *iommu)
{
	DIR *dir = open_dir(root, NAME_IOMMU_CLASS);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = dir_next(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		iommu->active = true;
		iommu->kind = iommu_kind(entry->d_name);
	}
	dir_close(dir);
}

/* Interrupt chips behind remapping are named IR-IO-APIC, IR-PCI-MSI and the like, on x86 only. */
static void read_remapping(const struct host_root *root, struct iommu *iommu)
{
	_cleanup_free_ char *interrupts = NULL;
	_cleanup_close_ int fd = host_root_openat(root, NAME_PROC, O_PATH | O_DIRECTORY);

	if (fd < 0 || fileat_read_all(fd, "interrupts", INTERRUPTS_MAX, &interrupts) < 0)
		return;
	if (strstr(interrupts, " IR-"))
		iommu->remapping = REMAPPING_ON;
	else if (iommu->active && (!strcmp(iommu->kind, "intel") || !strcmp(iommu->kind, "amd")))
		iommu->remapping = REMAPPING_OFF;
}

static void read_unsafe_interrupts(const struct host_root *root, struct iommu *iommu)
{
	char value[8];

	iommu->unsafe_interrupts =
		fileat_read(root->fd, NAME_UNSAFE_INTR, value, sizeof(value)) > 0 && value[0] == 'Y';
}

void iommu_read(const struct host_root *root, struct iommu *ret)
{
	*ret = (struct iommu){ 0 };
	read_kind(root, ret);
	find_groups(root, ret);
	read_remapping(root, ret);
	read_unsafe_interrupts(root, ret);
}

void iommu_release(struct iommu *iommu)
{
	release_groups(iommu);
	*iommu = (struct iommu){ 0 };
}

const struct iommu_group *iommu_find_group(const struct iommu *iommu, int id)
{
	return id < 0 ? NULL : find_group(iommu->groups, iommu->group_count, id);
}
