/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-control.h"

#include "launch/child.h"
#include "launch/pinning.h"

/* QEMU starts a helper, which needs root's rights, to join a bridge. */
static bool needs_helper(const struct guest *guest)
{
	for (size_t i = 0; i < guest->net_count; i++)
		if (guest->nets[i].bridge)
			return true;
	return false;
}

void qemu_argv_control(const struct guest *guest, struct strv *argv)
{
	strv_add(argv, "-chardev");
	strv_addf(argv, "socket,id=qmp,fd=%d,server=on,wait=off", CHILD_LISTEN_FD);
	strv_add(argv, "-mon");
	strv_add(argv, "chardev=qmp,mode=control");
	/* Until its threads are where they belong. */
	if (pinning_wanted(guest))
		strv_add(argv, "-S");
	strv_add(argv, "-sandbox");
	strv_addf(argv, "on,obsolete=deny,%sresourcecontrol=deny",
		  needs_helper(guest) ? "" : "elevateprivileges=deny,spawn=deny,");
}
