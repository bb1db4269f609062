/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/initramfs.h"

#include <stddef.h>

#include "base/macro.h"
#include "host/files.h"
#include "host/names.h"

/*
 * In the order in which they win: dracut can be installed beside the one that is used, and on an image
 * it is, but cannot write there.
 */
static const struct {
	enum initramfs_kind kind;
	const char *sign, *and_sign;
} signs[] = {
	{ INITRAMFS_RPM_OSTREE, "run/ostree-booted", "usr/bin/rpm-ostree" },
	{ INITRAMFS_OSTREE, "run/ostree-booted", NULL },
	{ INITRAMFS_SNAPSHOT, "usr/sbin/transactional-update", NULL },
	{ INITRAMFS_TOOLS, "usr/sbin/update-initramfs", NULL },
	{ INITRAMFS_MKINITCPIO, "usr/bin/mkinitcpio", NULL },
	{ INITRAMFS_DRACUT, "usr/bin/dracut", NULL },
	{ INITRAMFS_DRACUT, "usr/sbin/dracut", NULL },
};

enum initramfs_kind initramfs_kind(const struct host_root *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (host_has(root, signs[i].sign) &&
		    (!signs[i].and_sign || host_has(root, signs[i].and_sign)))
			return signs[i].kind;
	return INITRAMFS_UNKNOWN;
}

const char *const *initramfs_command(enum initramfs_kind kind)
{
	/* With --force-sync it is no error that the directory is tracked already. */
	static const char *const rpm_ostree[] = { "rpm-ostree", "initramfs-etc", "--force-sync",
						  "--track=" NAME_CLAIMS_DIR, NULL };
	static const char *const snapshot[] = { "transactional-update", "initrd", NULL };
	static const char *const tools[] = { "update-initramfs", "-u", "-k", "all", NULL };
	static const char *const dracut[] = { "dracut", "--force", "--regenerate-all", NULL };
	static const char *const mkinitcpio[] = { "mkinitcpio", "-P", NULL };
	static const char *const *const commands[INITRAMFS_KIND_MAX] = {
		[INITRAMFS_RPM_OSTREE] = rpm_ostree,
		[INITRAMFS_SNAPSHOT] = snapshot,
		[INITRAMFS_TOOLS] = tools,
		[INITRAMFS_DRACUT] = dracut,
		[INITRAMFS_MKINITCPIO] = mkinitcpio,
	};

	return commands[kind];
}
