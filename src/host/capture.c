/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/files.h"
#include "host/names.h"

/* The largest of a kernel's module indexes is some 2 MB. */
#define INDEX_MAX (64 << 20)

static void copy_file(const struct host_root *root, const struct capture_sink *sink,
		      const char *path, size_t max, struct strv *unreadable)
{
	_cleanup_free_ char *data = NULL;
	ssize_t len = fileat_read_all(root->fd, path, max, &data);

	if (len >= 0)
		sink->file(sink->context, path, data, (size_t)len);
	else if (len != -ENOENT && len != -ENOTDIR)
		strv_add(unreadable, path);
}

void capture_link(const struct host_root *root, const struct capture_sink *sink, const char *path)
{
	char target[4096];

	if (host_readlink(root, path, target, sizeof(target)) == 0)
		sink->link(sink->context, path, target);
}

/* None where the directory is absent. */
static struct strv names_in(const struct host_root *root, const char *path)
{
	struct strv names = { 0 };

	(void)!host_list(root, path, &names);
	return names;
}

static void capture_iommu(const struct host_root *root, const struct capture_sink *sink,
			  struct strv *unreadable)
{
	_cleanup_(strv_release) struct strv units = names_in(root, NAME_IOMMU_CLASS);
	_cleanup_(strv_release) struct strv groups = names_in(root, NAME_IOMMU_GROUPS);

	sink->directory(sink->context, NAME_IOMMU_CLASS);
	sink->directory(sink->context, NAME_IOMMU_GROUPS);
	for (size_t i = 0; i < units.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_IOMMU_CLASS "/%s", units.items[i]);

		capture_link(root, sink, path);
	}
	for (size_t i = 0; i < groups.count; i++) {
		_cleanup_free_ char *group = xasprintf(NAME_IOMMU_GROUPS "/%s", groups.items[i]);
		_cleanup_free_ char *type = xasprintf("%s/type", group);
		_cleanup_free_ char *reserved = xasprintf("%s/reserved_regions", group);
		_cleanup_free_ char *devices = xasprintf("%s/devices", group);
		_cleanup_(strv_release) struct strv members = names_in(root, devices);

		copy_file(root, sink, type, 4096, unreadable);
		copy_file(root, sink, reserved, 4096, unreadable);
		for (size_t j = 0; j < members.count; j++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", devices, members.items[j]);

			capture_link(root, sink, path);
		}
	}
}

/* A driver's directory says that it is registered, and its link which module it lives in. */
static void capture_drivers(const struct host_root *root, const struct capture_sink *sink)
{
	_cleanup_(strv_release) struct strv drivers = names_in(root, NAME_PCI_DRIVERS);

	sink->directory(sink->context, NAME_PCI_DRIVERS);
	for (size_t i = 0; i < drivers.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_PCI_DRIVERS "/%s", drivers.items[i]);
		_cleanup_free_ char *module = xasprintf("%s/module", path);

		sink->directory(sink->context, path);
		capture_link(root, sink, module);
	}
}

static void capture_modules(const struct host_root *root, const struct capture_sink *sink,
			    struct strv *unreadable)
{
	static const char *const indexes[] = { "alias", "builtin", "builtin.alias", "dep",
					       "symbols" };
	_cleanup_(strv_release) struct strv loaded = names_in(root, NAME_SYS_MODULE);
	_cleanup_(strv_release) struct strv releases = names_in(root, NAME_MODULES_DIR);

	for (size_t i = 0; i < loaded.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_SYS_MODULE "/%s", loaded.items[i]);
		_cleanup_free_ char *state = xasprintf("%s/initstate", path);

		sink->directory(sink->context, path);
		copy_file(root, sink, state, 4096, unreadable);
	}
	copy_file(root, sink, NAME_UNSAFE_INTR, 4096, unreadable);
	for (size_t i = 0; i < releases.count; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(indexes); j++) {
			_cleanup_free_ char *path =
				xasprintf(NAME_MODULES_DIR "/%s/modules.%s.bin",
					  releases.items[i], indexes[j]);

			copy_file(root, sink, path, INDEX_MAX, unreadable);
		}
	}
}

static void capture_records(const struct host_root *root, const struct capture_sink *sink,
			    struct strv *unreadable)
{
	_cleanup_(strv_release) struct strv records = names_in(root, NAME_HELD_DIR);

	for (size_t i = 0; i < records.count; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", NAME_HELD_DIR, records.items[i]);

		copy_file(root, sink, path + strspn(path, "/"), 4096, unreadable);
	}
}

void capture_host(const struct host_root *root, const struct capture_sink *sink,
		  struct strv *unreadable)
{
	capture_pci(root, sink, unreadable);
	capture_iommu(root, sink, unreadable);
	capture_drivers(root, sink);
	capture_modules(root, sink, unreadable);
	capture_records(root, sink, unreadable);
	capture_settings(root, sink, unreadable);
	capture_uses(root, sink, unreadable);
}
