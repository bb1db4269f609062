/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "host/names.h"
#include "launch/bridge-acl.h"
#include "launch/net-fds.h"
#include "launch/preflight-parts.h"

static bool is_there(const struct host_root *root, const char *path)
{
	_cleanup_close_ int fd = host_root_openat(root, path, O_PATH);

	return fd >= 0;
}

/* Whether a network interface has this file: a bridge has "bridge", a tap has "tun_flags". */
static bool interface_has(const struct host_root *root, const char *name, const char *file)
{
	_cleanup_free_ char *path = xasprintf(NAME_NET_CLASS "/%s/%s", name, file);

	return is_there(root, path);
}

static void check_acl(const struct host_root *root, const struct guest *guest,
		      const struct guest_net *net, struct strv *problems)
{
	enum bridge_verdict verdict = bridge_acl_ask(root, net->bridge);

	if (verdict == BRIDGE_DENIED)
		strv_addf(problems,
			  "%s:%u: bridge=%s: a line of /" NAME_BRIDGE_ACL " denies it to guests: take "
			  "that out, or name another bridge",
			  guest->file, net->at.line, net->bridge);
	else if (verdict == BRIDGE_UNKNOWN)
		strv_addf(problems,
			  "%s:%u: bridge=%s: /" NAME_BRIDGE_ACL ", or a file that it includes, cannot be "
			  "read, so it is not known if it denies this bridge: correct it, or remove it",
			  guest->file, net->at.line, net->bridge);
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
		if (net_uses_tap(net) && !is_there(root, NAME_DEV_TUN))
			strv_addf(problems,
				  "%s:%u: [net %s]: /" NAME_DEV_TUN ": is not there: modprobe tun",
				  guest->file, net->at.line, net->at.name);
		if (net->vhost == GUEST_VHOST_YES && !is_there(root, NAME_DEV_VHOST_NET))
			strv_addf(problems,
				  "%s:%u: vhost=yes: /" NAME_DEV_VHOST_NET " is not there: modprobe "
				  "vhost_net, or leave the choice to vhost=auto",
				  guest->file, net->at.line);
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
