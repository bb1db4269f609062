/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"

enum bridge_verdict {
	BRIDGE_ALLOWED,
	BRIDGE_DENIED,	/* a line denies it */
	BRIDGE_UNKNOWN, /* the file, or one that it includes, cannot be read */
};

/*
 * What /etc/qemu/bridge.conf says of a bridge: lines "allow BRIDGE", "deny BRIDGE", with "all" for
 * every one, and "include FILE". They are the rules of qemu-bridge-helper, which joins bridges for
 * users without the right to. A guest file is root's word, so it needs no line that allows; but
 * a line that denies means every guest.
 */
enum bridge_verdict bridge_acl_ask(const struct host_root *root, const char *bridge);
