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

/* Below "  d0000000-dfffffff : 0000:01:00.0", the memory of a card, is "    d0000000-d03fffff : efifb". */
static void set_card(const char *name, struct framebuffer_range *card)
{
	struct error ignored;
	bool slot;

	if (pci_addr_parse(name, &card->addr, &slot, &ignored) == 0)
		card->has_addr = true;
}

static void add_range(struct display *display, const struct framebuffer_range *card,
		      struct framebuffer_range range)
{
	if (card->has_addr && card->start <= range.start && range.end <= card->end) {
		range.addr = card->addr;
		range.has_addr = true;
	}
	ARRAY_GROW(display->ranges, display->range_count);
	display->ranges[display->range_count++] = range;
}

/* Whoever is not root reads zeros for every address. */
static void read_iomem(const struct host_root *root, struct display *display,
		       struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(root, NAME_IOMEM, &text);
	char *rest = text, *line;
	struct framebuffer_range card = { 0 };
	bool hidden = true;

	unknowns_add(unknowns, NAME_IOMEM, r < 0 ? (int)r : -ENOENT,
		     "which card the firmware's frame buffer is in");
	while (text && (line = strsep(&rest, "\n"))) {
		struct framebuffer_range range = { 0 };

		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %31[^\n]", &range.start, &range.end,
			   range.owner) != 3)
			continue;
		hidden &= range.end == 0;
		set_card(range.owner, &range);
		if (range.has_addr)
			card = range;
		else if (owns_framebuffers(range.owner) && range.end != 0)
			add_range(display, &card, range);
	}
	display->ranges_hidden = text && *text && hidden;
}

#define FIRMWARE_DEVICE "-framebuffer." /* "efi-framebuffer.0", "simple-framebuffer.0", ... */

static void read_devices(const struct host_root *root, struct display *display)
{
	struct strv names = { 0 };

	if (host_list(root, NAME_PLATFORM_DEVICES, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct framebuffer_device device = { 0 };
		char path[256], target[1024];
		const char *base;

		if (!strstr(names.items[i], FIRMWARE_DEVICE))
			continue;
		snprintf(path, sizeof(path), NAME_PLATFORM_DEVICES "/%.64s/driver", names.items[i]);
		if (host_readlink(root, path, target, sizeof(target)) >= 0) {
			base = strrchr(target, '/');
			snprintf(device.driver, sizeof(device.driver), "%.63s",
				 base ? base + 1 : target);
		}
		snprintf(device.name, sizeof(device.name), "%.63s", names.items[i]);
		snprintf(path, sizeof(path), NAME_PLATFORM_DEVICES "/%.64s", names.items[i]);
		device.has_addr = sysfs_path_function(root, path, &device.addr) == 0;
		ARRAY_GROW(display->devices, display->device_count);
		display->devices[display->device_count++] = device;
	}
	strv_release(&names);
}

/* The firmware's device on the way of a link: ../../devices/platform/efi-framebuffer.0/graphics/fb0 */
static void find_device(const struct host_root *root, const char *link, char ret[64])
{
	char target[1024], *rest = target, *part;

	if (host_readlink(root, link, target, sizeof(target)) < 0)
		return;
	while ((part = strsep(&rest, "/")))
		if (strstr(part, FIRMWARE_DEVICE))
			snprintf(ret, 64, "%.63s", part);
}

static void read_nodes(const struct host_root *root, struct display *display)
{
	struct strv names = { 0 };
	char path[256];

	if (host_list(root, NAME_GRAPHICS_CLASS, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct framebuffer_node node = { 0 };

		/* Beside the frame buffers there is "fbcon", the console's own settings. */
		if (strncmp(names.items[i], "fb", 2) != 0 || strcmp(names.items[i], "fbcon") == 0)
			continue;
		snprintf(path, sizeof(path), NAME_GRAPHICS_CLASS "/%.64s", names.items[i]);
		node.has_addr = sysfs_path_function(root, path, &node.addr) == 0;
		find_device(root, path, node.device);
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
	if (host_read(root, path, &name) < 0 || !strstr(name, CONSOLE_ON_FRAMEBUFFERS))
		return false;
	snprintf(path, sizeof(path), NAME_VTCONSOLE_CLASS "/%.64s/bind", console);
	return host_read(root, path, &bound) > 0 && *bound == '1';
}

/* There is one such console at most, whatever number of frame buffers it is on. */
static void read_console(const struct host_root *root, struct display *display)
{
	struct strv names = { 0 };

	if (host_list(root, NAME_VTCONSOLE_CLASS, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (console_is_bound(root, names.items[i]))
			snprintf(display->console, sizeof(display->console), "%.15s",
				 names.items[i]);
	strv_release(&names);
}

void display_read(const struct host_root *root, struct display *ret, struct unknowns *unknowns)
{
	*ret = (struct display){ 0 };
	read_iomem(root, ret, unknowns);
	read_devices(root, ret);
	read_nodes(root, ret);
	read_console(root, ret);
}

void display_release(struct display *display)
{
	free(display->ranges);
	free(display->devices);
	free(display->nodes);
	*display = (struct display){ 0 };
}
