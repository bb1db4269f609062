/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-control.h"

#include "launch/child.h"
#include "launch/pinning.h"

void qemu_argv_control(const struct guest *guest, const struct qemu_caps *caps, struct strv *argv)
{
	strv_add(argv, "-chardev");
	strv_addf(argv, "socket,id=qmp,fd=%d,server=on,wait=off", CHILD_LISTEN_FD);
	strv_add(argv, "-mon");
	strv_add(argv, "chardev=qmp,mode=control");
	/* Until its threads are where they belong. */
	if (pinning_wanted(guest))
		strv_add(argv, "-S");
	if (!qemu_caps_have_sandbox(caps))
		return;
	strv_add(argv, "-sandbox");
	strv_add(argv, "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
}
