/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/block-use.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

/* A file system on LVM on LUKS on md on a partition is four deep. */
#define DEPTH_MAX 16

struct search {
	const struct host_root *root;
	struct duties *duties;
	const char *what;
};

static void add_block_device(const struct search *search, const char *name, int depth);

/* A native multipath disk hangs below its subsystem, which has links to its controllers. */
static void add_multipath(const struct search *search, const char *link)
{
	struct strv names = { 0 };
	char target[1024], path[1100], *name, *end;

	if (host_readlink(search->root, link, target, sizeof(target)) < 0)
		return;
	name = strstr(target, "nvme-subsystem/");
	if (!name)
		return;
	end = strchr(name += strlen("nvme-subsystem/"), '/');
	if (end)
		*end = '\0';
	snprintf(path, sizeof(path), NAME_NVME_SUBSYSTEMS "/%s", name);
	if (host_list(search->root, path, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		snprintf(path, sizeof(path), NAME_NVME_SUBSYSTEMS "/%.64s/%.64s", name,
			 names.items[i]);
		duties_add_path(search->duties, search->root, path, false, search->what);
	}
	strv_release(&names);
}

/* Device-mapper and md devices, and what is made of these in turn, name what they lie on. */
static void add_slaves(const struct search *search, const char *link, int depth)
{
	_cleanup_free_ char *path = xasprintf("%s/slaves", link);
	struct strv names = { 0 };

	if (depth < DEPTH_MAX && host_list(search->root, path, &names) == 0)
		for (size_t i = 0; i < names.count; i++)
			add_block_device(search, names.items[i], depth + 1);
	strv_release(&names);
}

static void add_link(const struct search *search, const char *link, int depth)
{
	duties_add_path(search->duties, search->root, link, false, search->what);
	add_multipath(search, link);
	add_slaves(search, link, depth);
}

/* By its kernel name; a partition of an md device has its slaves one level up. */
static void add_block_device(const struct search *search, const char *name, int depth)
{
	_cleanup_free_ char *link = xasprintf(NAME_BLOCK_CLASS "/%s", name);
	_cleanup_free_ char *partition = xasprintf("%s/partition", link);
	_cleanup_free_ char *disk = xasprintf("%s/..", link);

	add_link(search, link, depth);
	if (host_has(search->root, partition))
		add_slaves(search, disk, depth);
}

/* /dev/mapper/NAME is a link that udev made; the kernel's own name is dm-N. */
static bool mapper_name(const struct host_root *root, const char *mapped, char *buf, size_t size)
{
	struct strv names = { 0 };
	bool found = false;

	if (host_list(root, NAME_BLOCK_CLASS, &names) < 0)
		return false;
	for (size_t i = 0; i < names.count && !found; i++) {
		_cleanup_free_ char *path =
			xasprintf(NAME_BLOCK_CLASS "/%s/dm/name", names.items[i]);
		_cleanup_free_ char *name = NULL;

		if (host_read(root, path, &name) < 0)
			continue;
		name[strcspn(name, "\n")] = '\0';
		found = strcmp(name, mapped) == 0;
		if (found)
			snprintf(buf, size, "%s", names.items[i]);
	}
	strv_release(&names);
	return found;
}

bool block_kernel_name(const struct host_root *root, const char *source, char *buf, size_t size)
{
	char target[512];
	const char *name;

	if (strncmp(source, "/dev/", 5) != 0)
		return false;
	if (strncmp(source, "/dev/mapper/", 12) == 0)
		return mapper_name(root, source + 12, buf, size);
	if (host_readlink(root, source + 1, target, sizeof(target)) == 0)
		source = target;
	name = strrchr(source, '/');
	snprintf(buf, size, "%s", name ? name + 1 : source);
	return true;
}

/* btrfs may lie on several devices; the mount names one of them. */
static void add_btrfs_siblings(const struct search *search, const char *name)
{
	struct strv uuids = { 0 };

	if (host_list(search->root, NAME_BTRFS, &uuids) < 0)
		return;
	for (size_t i = 0; i < uuids.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_BTRFS "/%s/devices", uuids.items[i]);
		struct strv devices = { 0 };

		if (host_list(search->root, path, &devices) == 0 && strv_has(&devices, name))
			for (size_t j = 0; j < devices.count; j++)
				add_block_device(search, devices.items[j], 0);
		strv_release(&devices);
	}
	strv_release(&uuids);
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static void add_mount(const struct search *base, char *line, struct unknowns *unknowns)
{
	struct search search = *base;
	char *dash = strstr(line, " - "), number[32], mount_point[512], type[64], source[512];
	_cleanup_free_ char *link = NULL, *disk = NULL, *what = NULL;
	char name[512] = "";

	if (!dash || sscanf(line, "%*s %*s %31s %*s %511s", number, mount_point) != 2 ||
	    sscanf(dash + 3, "%63s %511s", type, source) != 2)
		return;
	if (strcmp(type, "zfs") == 0 && strcmp(mount_point, "/") == 0)
		unknowns_add(unknowns, NAME_MOUNTS, 0, "which disks carry the root pool of ZFS "
			     "(zpool status -P shows them)");
	if (!block_kernel_name(search.root, source, name, sizeof(name)) && number[0] == '0')
		return;
	what = xasprintf("%s%s%s", mount_point, *name ? " on " : "", name);
	search.what = what;
	link = xasprintf(NAME_BLOCK_NUMBERS "/%s", number);
	disk = xasprintf("%s/..", link);
	add_link(&search, link, 0);
	add_slaves(&search, disk, 0);
	/* A file system of several devices has a number that no device has: 0:N. */
	if (number[0] == '0' && number[1] == ':') {
		add_block_device(&search, name, 0);
		add_btrfs_siblings(&search, name);
	}
}

static void add_mounts(const struct search *search, struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(search->root, NAME_MOUNTS, &text);
	char *rest = text, *line;

	if (r < 0)
		unknowns_add(unknowns, NAME_MOUNTS, (int)r, "which disks carry file systems");
	while (text && (line = strsep(&rest, "\n")))
		add_mount(search, line, unknowns);
}

/* "/dev/dm-1   partition   1000444   0   -2"; a swap file lies in a file system that is mounted. */
static void add_swaps(const struct search *base, struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(base->root, NAME_SWAPS, &text);
	char *rest = text, *line, source[512], type[32], name[512];

	if (r < 0)
		unknowns_add(unknowns, NAME_SWAPS, (int)r, "which disks carry swap");
	while (text && (line = strsep(&rest, "\n"))) {
		_cleanup_free_ char *what = NULL;
		struct search search = *base;

		if (sscanf(line, "%511s %31s", source, type) != 2 ||
		    strcmp(type, "partition") != 0 ||
		    !block_kernel_name(base->root, source, name, sizeof(name)))
			continue;
		what = xasprintf("swap on %s", name);
		search.what = what;
		add_block_device(&search, name, 0);
	}
}

void block_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns)
{
	struct search search = { .root = root, .duties = duties };

	add_mounts(&search, unknowns);
	add_swaps(&search, unknowns);
}
