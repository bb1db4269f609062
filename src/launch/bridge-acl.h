/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/root.h"

enum bridge_verdict {
	BRIDGE_ALLOWED,
	BRIDGE_DENIED,	  /* a line denies it, which beats any that allows it */
	BRIDGE_UNNAMED,	  /* no line allows it */
	BRIDGE_NO_RULES,  /* /etc/qemu/bridge.conf, or what it includes, cannot be read */
};

/*
 * What qemu-bridge-helper will say to a bridge, by the rules of its configuration: lines "allow
 * BRIDGE", "deny BRIDGE", with "all" for every one, and "include FILE". It asks them of root, too.
 */
enum bridge_verdict bridge_acl_ask(const struct host_root *root, const char *bridge);
