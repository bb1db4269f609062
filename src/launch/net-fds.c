/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/net-fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/names.h"
#include "launch/tap.h"
#include "launch/vfio-fds.h"

_Static_assert(VFIO_FD_FIRST + CONFIG_SECTIONS_MAX < NET_FD_FIRST, "numbers of their own");

bool net_uses_tap(const struct guest_net *net)
{
	return net->bridge || net->tap;
}

bool net_uses_vhost(const struct guest_net *net, bool have_vhost)
{
	return net_uses_tap(net) && net->model == GUEST_NIC_VIRTIO &&
	       (net->vhost == GUEST_VHOST_YES || (net->vhost == GUEST_VHOST_AUTO && have_vhost));
}

/* Where net_fds_place() puts others, it must not be. */
static int move_up(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, NET_FD_TAP(CONFIG_SECTIONS_MAX));
	int r = moved < 0 ? -errno : moved;

	close(fd);
	return r;
}

static int open_tap(const struct guest *guest, const struct guest_net *net, struct error *err)
{
	struct error why;
	int fd = net->bridge ? tap_make(net->bridge, &why) : tap_open(net->tap, &why);

	if (fd < 0)
		return error_set(err, fd, "%s:%u: [net %s]: %s", guest->file, net->at.line,
				 net->at.name, why.msg);
	return move_up(fd);
}

static int open_vhost(const struct guest *guest, const struct guest_net *net, struct error *err)
{
	int fd = open("/" NAME_DEV_VHOST_NET, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno, "%s:%u: [net %s]: /" NAME_DEV_VHOST_NET ": cannot be "
				 "opened: %s: load vhost_net, or set vhost=no", guest->file,
				 net->at.line, net->at.name, strerror(errno));
	return move_up(fd);
}

int net_fds_open(const struct guest *guest, bool have_vhost, struct net_fds *ret, struct error *err)
{
	int r = 0;

	ret->count = guest->net_count;
	for (size_t i = 0; i < ret->count; i++)
		ret->tap[i] = ret->vhost[i] = -1;
	for (size_t i = 0; i < ret->count && r >= 0; i++) {
		const struct guest_net *net = &guest->nets[i];

		if (net_uses_tap(net))
			r = ret->tap[i] = open_tap(guest, net, err);
		if (r >= 0 && net_uses_vhost(net, have_vhost))
			r = ret->vhost[i] = open_vhost(guest, net, err);
	}
	if (r < 0)
		net_fds_close(ret);
	return r < 0 ? r : 0;
}

void net_fds_close(struct net_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++) {
		cleanup_close(&fds->tap[i]);
		cleanup_close(&fds->vhost[i]);
	}
	fds->count = 0;
}

int net_fds_place(const struct net_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++)
		if ((fds->tap[i] >= 0 && dup2(fds->tap[i], NET_FD_TAP(i)) < 0) ||
		    (fds->vhost[i] >= 0 && dup2(fds->vhost[i], NET_FD_VHOST(i)) < 0))
			return -errno;
	return 0;
}
