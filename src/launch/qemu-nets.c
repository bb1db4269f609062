/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/net-fds.h"
#include "launch/qemu-parts.h"

/* ",hostfwd=tcp:127.0.0.1:2222-:22" for each; an IPv6 address stands in brackets. */
static char *forwards(const struct value_forwards *list)
{
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	for (size_t i = 0; i < list->count; i++) {
		const struct value_forward *forward = &list->items[i];
		bool v6 = strchr(forward->host, ':') != NULL;

		fprintf(out, ",hostfwd=%s:%s%s%s:%u-:%u", forward->udp ? "udp" : "tcp",
			v6 ? "[" : "", forward->host, v6 ? "]" : "", forward->host_port,
			forward->guest_port);
	}
	fclose(out);
	return text;
}

/* vfioadm makes the tap, or opens it, and joins it to the bridge. */
static void add_tap(struct qemu_builder *builder, size_t i)
{
	const struct guest_net *net = &builder->guest->nets[i];

	if (net_uses_vhost(net, builder->facts->have_vhost))
		qemu_add(builder, "-netdev", "tap,id=net-%s,fd=%d,vhost=on,vhostfd=%d", net->at.name,
			 NET_FD_TAP(i), NET_FD_VHOST(i));
	else
		qemu_add(builder, "-netdev", "tap,id=net-%s,fd=%d", net->at.name, NET_FD_TAP(i));
}

static void add_user(struct qemu_builder *builder, const struct guest_net *net)
{
	_cleanup_free_ char *forward = forwards(&net->forward);

	qemu_add(builder, "-netdev", "user,id=net-%s%s", net->at.name, forward);
}

static void add_net(struct qemu_builder *builder, size_t i)
{
	static const char *const models[] = {
		[GUEST_NIC_E1000] = "e1000",
		[GUEST_NIC_VIRTIO] = "virtio-net-pci",
		[GUEST_NIC_E1000E] = "e1000e",
	};
	const struct guest_net *net = &builder->guest->nets[i];
	struct qemu_place place = { "" };

	/* The e1000 is a conventional PCI device: it belongs on pcie.0. */
	if (net->model != GUEST_NIC_E1000)
		place = qemu_place_new(builder);
	if (net_uses_tap(net))
		add_tap(builder, i);
	else
		add_user(builder, net);
	qemu_add(builder, "-device", "%s,netdev=net-%s%s%s%s%s", models[net->model], net->at.name,
		 net->mac ? ",mac=" : "", net->mac ? net->mac : "", qemu_boot(net->boot).text,
		 place.text);
}

/* virtiofsd listens there. */
static void add_share(struct qemu_builder *builder, const struct guest_share *share)
{
	_cleanup_free_ char *name = xasprintf("share-%s", share->at.name);
	_cleanup_free_ char *path = guest_socket_path(builder->guest, name);
	struct qemu_place place = qemu_place_new(builder);

	qemu_add(builder, "-chardev", "socket,id=%s,path=%s", name, path);
	qemu_add(builder, "-device", "vhost-user-fs-pci,chardev=%s,tag=%s%s", name,
		 share->tag ? share->tag : share->at.name, place.text);
}

void qemu_argv_nets(struct qemu_builder *builder)
{
	for (size_t i = 0; i < builder->guest->net_count; i++)
		add_net(builder, i);
	for (size_t i = 0; i < builder->guest->share_count; i++)
		add_share(builder, &builder->guest->shares[i]);
}
