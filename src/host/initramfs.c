/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/initramfs.h"

#include <stddef.h>

#include "base/macro.h"
#include "host/files.h"

/* In the order in which they win: dracut can be installed beside the one that is used. */
static const struct {
	enum initramfs_kind kind;
	const char *sign;
} signs[] = {
	{ INITRAMFS_OSTREE, "run/ostree-booted" },
	{ INITRAMFS_TOOLS, "usr/sbin/update-initramfs" },
	{ INITRAMFS_MKINITCPIO, "usr/bin/mkinitcpio" },
	{ INITRAMFS_DRACUT, "usr/bin/dracut" },
	{ INITRAMFS_DRACUT, "usr/sbin/dracut" },
};

enum initramfs_kind initramfs_kind(const struct host_root *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (host_has(root, signs[i].sign))
			return signs[i].kind;
	return INITRAMFS_UNKNOWN;
}

const char *const *initramfs_command(enum initramfs_kind kind)
{
	static const char *const tools[] = { "update-initramfs", "-u", "-k", "all", NULL };
	static const char *const dracut[] = { "dracut", "--force", "--regenerate-all", NULL };
	static const char *const mkinitcpio[] = { "mkinitcpio", "-P", NULL };
	static const char *const *const commands[INITRAMFS_KIND_MAX] = {
		[INITRAMFS_TOOLS] = tools,
		[INITRAMFS_DRACUT] = dracut,
		[INITRAMFS_MKINITCPIO] = mkinitcpio,
	};

	return commands[kind];
}
