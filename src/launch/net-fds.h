/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "launch/guest.h"

/*
 * Files that QEMU is given open for a [net] with a tap, as it must not have the right to make one:
 * a tap and, where the kernel is to move the packets, /dev/vhost-net. A tap that was made for a
 * bridge lasts as long as its file is open, so it goes when QEMU does, however that ends.
 *
 *	qemu_argv(), net_fds_open(), fork, net_fds_place(), exec
 */
#define NET_FD_FIRST 96 /* above those of vfio-fds.h */

/* The descriptors' numbers in QEMU, of the guest's nth [net]. */
#define NET_FD_TAP(n)	(NET_FD_FIRST + 2 * (int)(n))
#define NET_FD_VHOST(n) (NET_FD_FIRST + 2 * (int)(n) + 1)

struct net_fds {
	int tap[CONFIG_SECTIONS_MAX];	/* here; -1: not open, or not needed */
	int vhost[CONFIG_SECTIONS_MAX]; /* the same */
	size_t count;			/* of the guest's [net] sections; 0: nothing is open */
};

/* Whether this [net] goes through a tap, and whether the kernel moves its packets. */
bool net_uses_tap(const struct guest_net *net);
bool net_uses_vhost(const struct guest_net *net, bool have_vhost);

/*
 * Make the taps, join them to their bridges and open the rest, all with O_CLOEXEC and out of the way
 * of the chosen numbers. Needs root. On failure nothing is open, and no tap is left; the message
 * names the line of the guest file. net_fds_close() takes any state.
 */
int net_fds_open(const struct guest *guest, bool have_vhost, struct net_fds *ret, struct error *err)
	_must_check_;
void net_fds_close(struct net_fds *fds);

/*
 * In the child that is to become QEMU, after vfio_fds_place(): give each its number, open across
 * exec. Async-signal-safe. Returns 0 or a negative errno.
 */
int net_fds_place(const struct net_fds *fds) _must_check_;
