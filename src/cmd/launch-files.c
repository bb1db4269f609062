/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/launch.h"
#include "host/names.h"
#include "launch/net-fds.h"

/* A file that QEMU is given open, for a device or for a [net]; one of a device has no path before bind. */
struct given_file {
	int number;
	const char *path, *net;
	const struct pci_addr *address;
};

static void put_file(const struct given_file *file, void *data)
{
	struct json_object *object = json_add_object(data);

	json_put_int(object, "fd", file->number);
	json_put_string(object, "path", file->path);
	json_put_string(object, "address",
			file->address ? pci_addr_text(*file->address).text : NULL);
	json_put_string(object, "net", file->net);
}

static void print_file(const struct given_file *file, void *data)
{
	(void)data;
	printf("# QEMU's descriptor %d: ", file->number);
	if (file->net)
		printf("%s, for [net %s]\n", file->path, file->net);
	else if (file->address)
		printf("the device %s\n", pci_addr_text(*file->address).text);
	else
		printf("%s\n", file->path);
}

static void for_each_file(const struct launch *launch,
			  void (*see)(const struct given_file *file, void *data), void *data)
{
	for (size_t i = 0; i < launch->qemu.fds.count; i++) {
		const struct vfio_fd *fd = &launch->qemu.fds.items[i];
		struct given_file file = { .number = fd->number };

		if (fd->iommu)
			file.path = "/" NAME_DEV_IOMMU;
		else
			file.address = &fd->address;
		see(&file, data);
	}
	for (size_t i = 0; i < launch->guest.net_count; i++) {
		const struct guest_net *net = &launch->guest.nets[i];

		if (net_uses_tap(net))
			see(&(struct given_file){ .number = NET_FD_TAP(i), .path = "/" NAME_DEV_TUN,
						  .net = net->at.name }, data);
		if (net_uses_vhost(net, launch->qemu.facts.have_vhost))
			see(&(struct given_file){ .number = NET_FD_VHOST(i),
						  .path = "/" NAME_DEV_VHOST_NET,
						  .net = net->at.name }, data);
	}
}

void launch_files_json(const struct launch *launch, struct json_object *array)
{
	for_each_file(launch, put_file, array);
}

void launch_files_text(const struct launch *launch)
{
	for_each_file(launch, print_file, NULL);
}
