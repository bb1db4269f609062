/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "host/names.h"
#include "launch/bridge-acl.h"
#include "launch/preflight-parts.h"

/* Whether a network interface has this file: a bridge has "bridge", a tap has "tun_flags". */
static bool interface_has(const struct host_root *root, const char *name, const char *file)
{
	_cleanup_free_ char *path = xasprintf(NAME_NET_CLASS "/%s/%s", name, file);
	_cleanup_close_ int fd = host_root_openat(root, path, O_PATH);

	return fd >= 0;
}

static void check_acl(const struct host_root *root, const struct guest *guest,
		      const struct guest_net *net, struct strv *problems)
{
	static const char *const whys[] = {
		[BRIDGE_DENIED] = "denies it",
		[BRIDGE_UNNAMED] = "does not allow it",
		[BRIDGE_NO_RULES] = "cannot be read",
	};
	enum bridge_verdict verdict = bridge_acl_ask(root, net->bridge);

	if (verdict != BRIDGE_ALLOWED)
		strv_addf(problems,
			  "%s:%u: bridge=%s: /" NAME_BRIDGE_ACL " %s, and QEMU's bridge helper obeys "
			  "it: put a line \"allow %s\" there%s",
			  guest->file, net->at.line, net->bridge, whys[verdict], net->bridge,
			  verdict == BRIDGE_DENIED ? " and take out the one that denies it" : "");
}

void preflight_nets(const struct host_root *root, const struct guest *guest, struct strv *problems)
{
	for (size_t i = 0; i < guest->net_count; i++) {
		const struct guest_net *net = &guest->nets[i];

		if (net->tap && !interface_has(root, net->tap, "tun_flags"))
			strv_addf(problems,
				  "%s:%u: tap=%s: this host has no such tap interface: ip tuntap add "
				  "dev %s mode tap makes it",
				  guest->file, net->at.line, net->tap, net->tap);
		if (!net->bridge)
			continue;
		if (interface_has(root, net->bridge, "bridge"))
			check_acl(root, guest, net, problems);
		else
			strv_addf(problems,
				  "%s:%u: bridge=%s: this host has no such bridge: ip link add %s type "
				  "bridge makes one, user=yes does without",
				  guest->file, net->at.line, net->bridge, net->bridge);
	}
}
