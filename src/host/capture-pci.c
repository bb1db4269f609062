/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/helper.h"
#include "host/names.h"
#include "host/pci-addr.h"

/* Any attribute may wait for the device's lock; this long it is waited for. */
#define ATTRIBUTE_TIMEOUT_MS 1000
#define CONFIG_MAX	     4096

/* linux/pci_regs.h: extended capabilities begin at 0x100; 3 is the device's serial number. */
#define EXTENDED_START	       0x100
#define EXTENDED_SERIAL_NUMBER 0x0003
#define EXTENDED_HOPS_MAX      480

static const char *const attributes[] = {
	"vendor",      "device",      "subsystem_vendor", "subsystem_device", "class",
	"revision",    "modalias",    "numa_node",	  "resource",	      "boot_vga",
	"reset_method", "power_state", "d3cold_allowed",  "driver_override",  "sriov_numvfs",
	"sriov_totalvfs",
};

static const char *const links[] = { "driver", "iommu_group", "iommu", "subsystem", "physfn" };

struct function {
	const struct host_root *root;
	const struct capture_sink *sink;
	struct helper *helper;
	struct strv *unreadable;
	const char *bus_path; /* sys/bus/pci/devices/ADDRESS */
	const char *path;     /* sys/devices/.../ADDRESS */
};

static void capture_attribute(const struct function *f, const char *name)
{
	_cleanup_free_ char *from = xasprintf("%s/%s", f->bus_path, name);
	_cleanup_free_ char *to = xasprintf("%s/%s", f->path, name);
	char value[4096 + 2];
	ssize_t len = helper_read(f->helper, f->root->fd, from);

	if (len == 0)
		len = helper_wait(f->helper, ATTRIBUTE_TIMEOUT_MS, value, sizeof(value) - 1);
	if (len >= 0) {
		value[len] = '\n';
		f->sink->file(f->sink->context, to, value, (size_t)len + 1);
	} else if (len != -ENOENT) {
		strv_add(f->unreadable, from);
	}
	if (len == -ETIMEDOUT)
		helper_abandon(f->helper);
}

static unsigned int dword_at(const unsigned char *config, size_t offset)
{
	return config[offset] | (unsigned int)config[offset + 1] << 8 |
	       (unsigned int)config[offset + 2] << 16 | (unsigned int)config[offset + 3] << 24;
}

static void blank_serial_number(unsigned char *config, size_t len)
{
	size_t at = EXTENDED_START;

	for (int hops = 0; hops < EXTENDED_HOPS_MAX && at >= EXTENDED_START && at + 12 <= len;
	     hops++) {
		unsigned int header = dword_at(config, at);

		if (header == 0 || header == 0xffffffff)
			return;
		if ((header & 0xffff) == EXTENDED_SERIAL_NUMBER)
			memset(config + at + 4, 0, 8);
		at = header >> 20 & ~3U;
	}
}

static void capture_config(const struct function *f)
{
	_cleanup_free_ char *from = xasprintf("%s/config", f->bus_path);
	_cleanup_free_ char *to = xasprintf("%s/config", f->path);
	_cleanup_free_ char *config = NULL;
	ssize_t len = fileat_read_all(f->root->fd, from, CONFIG_MAX, &config);

	if (len < 0) {
		strv_add(f->unreadable, from);
		return;
	}
	/* All that others than root are given. */
	if (len == 64)
		strv_add(f->unreadable, from);
	blank_serial_number((unsigned char *)config, (size_t)len);
	f->sink->file(f->sink->context, to, config, (size_t)len);
}

static void capture_function(const struct function *f)
{
	char target[4096];

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		capture_attribute(f, attributes[i]);
	capture_config(f);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", f->bus_path, links[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", f->path, links[i]);
		ssize_t len = readlinkat(f->root->fd, from, target, sizeof(target) - 1);

		if (len < 0)
			continue;
		target[len] = '\0';
		f->sink->link(f->sink->context, to, target);
	}
}

/* The bus has a link for each function, "../../../devices/pci0000:00/...". */
void capture_pci(const struct host_root *root, const struct capture_sink *sink,
		 struct strv *unreadable)
{
	int fd = host_root_openat(root, NAME_PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct helper helper = HELPER_NONE;
	char target[4096];
	struct dirent *entry;

	sink->directory(sink->context, NAME_PCI_DEVICES);
	while (dir && (entry = readdir(dir))) {
		ssize_t len = readlinkat(fd, entry->d_name, target, sizeof(target) - 1);
		_cleanup_free_ char *bus_path = NULL, *path = NULL;
		const char *below_sys;

		if (len < 0)
			continue;
		target[len] = '\0';
		below_sys = strstr(target, "devices/");
		if (!below_sys)
			continue;
		bus_path = xasprintf(NAME_PCI_DEVICES "/%s", entry->d_name);
		path = xasprintf("sys/%s", below_sys);
		sink->link(sink->context, bus_path, target);
		capture_function(&(struct function){ root, sink, &helper, unreadable, bus_path,
						     path });
	}
	if (dir)
		closedir(dir);
	helper_stop(&helper);
}
