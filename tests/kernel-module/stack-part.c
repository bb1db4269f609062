// SPDX-License-Identifier: GPL-2.0
/*
 * A module for tests only, that is built on another as nvidia_drm is on nvidia_modeset and that on
 * nvidia: the kernel then refuses to unload the one below, and lists this one among its holders.
 */
#include <linux/module.h>

void USES(void);

#ifdef PROVIDES
void PROVIDES(void);
void PROVIDES(void)
{
}
EXPORT_SYMBOL_GPL(PROVIDES);
#endif

/* Of nvidia_drm; readable by root only, as there. */
static bool modeset;
module_param(modeset, bool, 0400);
MODULE_PARM_DESC(modeset, "nvidia_drm: keep every card open, for the kernel's own mode setting");

static int __init part_init(void)
{
	USES();
	return 0;
}

static void __exit part_exit(void)
{
}

module_init(part_init);
module_exit(part_exit);
MODULE_DESCRIPTION("stand-in for a part of a GPU driver's stack, for tests");
MODULE_LICENSE("GPL");
