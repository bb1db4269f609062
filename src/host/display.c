/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/display.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strv.h"
#include "host/files.h"
#include "host/names.h"
#include "host/sysfs-path.h"

static bool owns_framebuffers(const char *owner)
{
	static const char *const owners[] = {
		"BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm", "efidrm", "vesadrm",
	};

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (strcmp(owner, owners[i]) == 0)
			return true;
	return false;
}

/* "  d0000000-d03fffff : efifb"; whoever is not root reads zeros for every address. */
static void read_iomem(const struct host_root *root, struct display *display,
		       struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(root, NAME_IOMEM, &text);
	char *rest = text, *line;
	bool hidden = true;

	unknowns_add(unknowns, NAME_IOMEM, r < 0 ? (int)r : -ENOENT,
		     "which card the firmware's frame buffer is in");
	while (text && (line = strsep(&rest, "\n"))) {
		struct framebuffer_range range;

		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %31[^\n]", &range.start, &range.end,
			   range.owner) != 3)
			continue;
		hidden &= range.end == 0;
		if (!owns_framebuffers(range.owner) || range.end == 0)
			continue;
		ARRAY_GROW(display->ranges, display->range_count);
		display->ranges[display->range_count++] = range;
	}
	display->ranges_hidden = text && *text && hidden;
}

/* "efi-framebuffer.0", "simple-framebuffer.0", "vesa-framebuffer.0", ... */
static void read_devices(const struct host_root *root, struct display *display)
{
	struct strv names = { 0 };

	if (host_list(root, NAME_PLATFORM_DEVICES, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct framebuffer_device device = { 0 };
		char path[256], target[1024];
		const char *base;

		if (!strstr(names.items[i], "-framebuffer."))
			continue;
		snprintf(path, sizeof(path), NAME_PLATFORM_DEVICES "/%.64s/driver", names.items[i]);
		if (host_readlink(root, path, target, sizeof(target)) < 0)
			continue;
		base = strrchr(target, '/');
		snprintf(device.driver, sizeof(device.driver), "%.63s", base ? base + 1 : target);
		snprintf(device.name, sizeof(device.name), "%.63s", names.items[i]);
		snprintf(path, sizeof(path), NAME_PLATFORM_DEVICES "/%.64s", names.items[i]);
		device.has_addr = sysfs_path_function(root, path, &device.addr) == 0;
		ARRAY_GROW(display->devices, display->device_count);
		display->devices[display->device_count++] = device;
	}
	strv_release(&names);
}

static void read_nodes(const struct host_root *root, struct display *display)
{
	struct strv names = { 0 };
	char path[256];

	if (host_list(root, NAME_GRAPHICS_CLASS, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct framebuffer_node node = { 0 };

		snprintf(path, sizeof(path), NAME_GRAPHICS_CLASS "/%.64s", names.items[i]);
		if (strncmp(names.items[i], "fb", 2) != 0 ||
		    sysfs_path_function(root, path, &node.addr) < 0)
			continue;
		snprintf(node.name, sizeof(node.name), "%.15s", names.items[i]);
		ARRAY_GROW(display->nodes, display->node_count);
		display->nodes[display->node_count++] = node;
	}
	strv_release(&names);
}

static bool console_is_bound(const struct host_root *root, const char *console)
{
	_cleanup_free_ char *name = NULL, *bound = NULL;
	char path[256];

	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%.64s/name", console);
	if (host_read(root, path, &name) < 0 || !strstr(name, "frame buffer device"))
		return false;
	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%.64s/bind", console);
	return host_read(root, path, &bound) > 0 && *bound == '1';
}

void display_read(const struct host_root *root, struct display *ret, struct unknowns *unknowns)
{
	struct strv consoles = { 0 };

	*ret = (struct display){ 0 };
	read_iomem(root, ret, unknowns);
	read_devices(root, ret);
	read_nodes(root, ret);
	if (host_list(root, NAME_VTCONSOLE_CLASS, &consoles) == 0)
		for (size_t i = 0; i < consoles.count; i++)
			ret->console_on_nodes |= console_is_bound(root, consoles.items[i]);
	strv_release(&consoles);
}

void display_release(struct display *display)
{
	free(display->ranges);
	free(display->devices);
	free(display->nodes);
	*display = (struct display){ 0 };
}
