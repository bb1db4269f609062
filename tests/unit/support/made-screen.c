/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/made-screen.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"

#define DEVICE_DIR "sys/devices/platform/" FIRMWARE_FB
#define DRIVER_DIR "sys/bus/platform/drivers/" FIRMWARE_FB_DRIVER
#define VTCON0	   "sys/class/vtconsole/vtcon0"
#define VTCON1	   "sys/class/vtconsole/vtcon1"

/* BAR 0 of 16 MiB, and nothing else. */
#define RESOURCES                                                                                  \
	"0x00000000c0000000 0x00000000c0ffffff 0x0000000000042208\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"                               \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

static void set_ranges(struct tree *tree, bool drawn)
{
	_cleanup_free_ char *addr = tree_read(tree, DEVICE_DIR "/on");
	_cleanup_free_ char *text =
		xasprintf("c0000000-c0ffffff : %s\n%s", addr,
			  drawn ? "  c0000000-c03e7fff : efifb\n" : "");

	tree_write(tree, "proc/iomem", text);
}

static void update_console(struct tree *tree)
{
	bool any = tree_has(tree, "sys/class/graphics/fb0") ||
		   tree_has(tree, "sys/class/graphics/fb1");

	tree_write(tree, VTCON0 "/name", "(S) dummy device\n");
	if (any == tree_has(tree, VTCON1))
		return;
	tree_write(tree, VTCON0 "/bind", any ? "0\n" : "1\n");
	if (!any) {
		tree_remove(tree, VTCON1);
		return;
	}
	tree_write(tree, VTCON1 "/name", "(M) frame buffer device\n");
	tree_write(tree, VTCON1 "/bind", "1\n");
}

void made_screen_add_node(struct tree *tree, const char *directory, const char *name)
{
	_cleanup_free_ char *node = xasprintf("%s/graphics/%s", directory, name);
	_cleanup_free_ char *link = xasprintf("sys/class/graphics/%s", name);

	tree_mkdir(tree, node);
	tree_link(tree, link, node);
	update_console(tree);
}

void made_screen_remove_node(struct tree *tree, const char *directory, const char *name)
{
	_cleanup_free_ char *parent = xasprintf("%s/graphics", directory);
	_cleanup_free_ char *link = xasprintf("sys/class/graphics/%s", name);

	tree_remove(tree, parent);
	tree_remove(tree, link);
	update_console(tree);
}

void made_screen_add(struct tree *tree, const char *addr)
{
	tree_set(tree, addr, "resource", RESOURCES);
	tree_write(tree, DEVICE_DIR "/on", addr);
	tree_link(tree, FIRMWARE_FB_DIR, DEVICE_DIR);
	tree_write(tree, DRIVER_DIR "/bind", "");
	tree_write(tree, DRIVER_DIR "/unbind", "");
	(void)made_screen_bind(tree);
}

int made_screen_bind(struct tree *tree)
{
	if (!tree_has(tree, FIRMWARE_FB_DIR))
		return -ENODEV;
	if (tree_has(tree, DEVICE_DIR "/driver"))
		return -EBUSY;
	tree_link(tree, DEVICE_DIR "/driver", DRIVER_DIR);
	set_ranges(tree, true);
	made_screen_add_node(tree, DEVICE_DIR, "fb0");
	return 0;
}

int made_screen_unbind(struct tree *tree)
{
	if (!tree_has(tree, DEVICE_DIR "/driver"))
		return -ENODEV;
	tree_remove(tree, DEVICE_DIR "/driver");
	set_ranges(tree, false);
	made_screen_remove_node(tree, DEVICE_DIR, "fb0");
	return 0;
}

void made_screen_remove(struct tree *tree)
{
	(void)made_screen_unbind(tree);
	tree_remove(tree, FIRMWARE_FB_DIR);
	tree_remove(tree, DEVICE_DIR);
}

bool made_screen_is_on(struct tree *tree, const char *addr)
{
	_cleanup_free_ char *on =
		tree_has(tree, DEVICE_DIR "/on") ? tree_read(tree, DEVICE_DIR "/on") : NULL;

	return on && strcmp(on, addr) == 0;
}
