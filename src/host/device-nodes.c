/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/device-nodes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "host/files.h"
#include "host/names.h"

/* drm/card0/dev is two levels down, sound/card0/controlC0/dev three, virtio0/drm/card0/dev too. */
#define NODE_DEPTH 4

/* The nvidia driver's fixed major, and the minors that belong to no one card. */
#define NVIDIA_MAJOR 195
#define NVIDIA_MODESET_MINOR 254
#define NVIDIA_CONTROL_MINOR 255

static void add(struct device_nodes *nodes, dev_t number, struct pci_addr addr, bool shared)
{
	ARRAY_GROW(nodes->items, nodes->count);
	nodes->items[nodes->count++] = (struct device_node){ number, addr, shared };
}

static void add_directory(struct device_nodes *nodes, int dirfd, struct pci_addr addr, bool shared)
{
	unsigned int major, minor;
	char text[32];

	if (fileat_read(dirfd, "dev", text, sizeof(text)) > 0 &&
	    sscanf(text, "%u:%u", &major, &minor) == 2)
		add(nodes, makedev(major, minor), addr, shared);
}

/* Links lead out of the function; a child function below a bridge is not this function. */
static void add_below(struct device_nodes *nodes, int parent, const char *name,
		      struct pci_addr addr, int depth)
{
	struct pci_addr other;
	struct error ignored;
	struct dirent *entry;
	DIR *dir;
	int fd;

	fd = fileat_open(parent, name, O_RDONLY | O_DIRECTORY | (depth ? O_NOFOLLOW : 0));
	if (fd < 0)
		return;
	dir = dir_open(fd);
	if (depth > 0)
		add_directory(nodes, fd, addr, false);
	while (depth < NODE_DEPTH && (entry = dir_next(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    pci_addr_parse(entry->d_name, &other, NULL, &ignored) < 0)
			add_below(nodes, fd, entry->d_name, addr, depth + 1);
	dir_close(dir);
}

/* The group's node is no child of the function: it hangs in the vfio class, named by the group. */
static void add_group(struct device_nodes *nodes, const struct host_root *root,
		      const char *function, struct pci_addr addr)
{
	_cleanup_close_ int fd = -1;
	char link[128], group[32], path[128];

	snprintf(link, sizeof(link), "%s/iommu_group", function);
	if (fileat_readlink_base(root->fd, link, group, sizeof(group)) < 0)
		return;
	snprintf(path, sizeof(path), NAME_VFIO_CLASS "/%s", group);
	fd = host_root_openat(root, path, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		add_directory(nodes, fd, addr, false);
}

static void add_kfd(struct device_nodes *nodes, const struct host_root *root, struct pci_addr addr)
{
	_cleanup_close_ int fd = host_root_openat(root, NAME_KFD, O_PATH | O_DIRECTORY);

	if (fd >= 0)
		add_directory(nodes, fd, addr, true);
}

/* "Device Minor: \t 0"; without it any card's node may be this one's. */
static bool nvidia_minor(const struct host_root *root, struct pci_addr addr, unsigned int *minor)
{
	_cleanup_free_ char *text = NULL;
	const char *line;
	char path[128];

	snprintf(path, sizeof(path), NAME_NVIDIA_GPUS "/%s/information", pci_addr_text(addr).text);
	if (host_read(root, path, &text) < 0)
		return false;
	line = strstr(text, "Device Minor:");
	return line && sscanf(line, "Device Minor: %u", minor) == 1;
}

/* nvidia-uvm asks the kernel for a free major, which /proc/devices names. */
static void add_nvidia_uvm(struct device_nodes *nodes, const struct host_root *root,
			   struct pci_addr addr)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line, name[64];
	unsigned int major;

	if (host_read(root, NAME_CHAR_DEVICES, &text) < 0)
		return;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%u %63s", &major, name) == 2 && strcmp(name, "nvidia-uvm") == 0)
			for (unsigned int minor = 0; minor < 2; minor++)
				add(nodes, makedev(major, minor), addr, true);
}

static void add_nvidia(struct device_nodes *nodes, const struct host_root *root,
		       struct pci_addr addr)
{
	unsigned int own;

	if (nvidia_minor(root, addr, &own))
		add(nodes, makedev(NVIDIA_MAJOR, own), addr, false);
	else
		for (unsigned int minor = 0; minor < NVIDIA_MODESET_MINOR; minor++)
			add(nodes, makedev(NVIDIA_MAJOR, minor), addr, true);
	add(nodes, makedev(NVIDIA_MAJOR, NVIDIA_MODESET_MINOR), addr, true);
	add(nodes, makedev(NVIDIA_MAJOR, NVIDIA_CONTROL_MINOR), addr, true);
	add_nvidia_uvm(nodes, root, addr);
}

void device_nodes_add(struct device_nodes *nodes, const struct host_root *root,
		      struct pci_addr addr)
{
	char function[64], link[128], driver[64];

	snprintf(function, sizeof(function), NAME_PCI_DEVICES "/%s", pci_addr_text(addr).text);
	add_below(nodes, root->fd, function, addr, 0);
	add_group(nodes, root, function, addr);
	snprintf(link, sizeof(link), "%s/driver", function);
	if (fileat_readlink_base(root->fd, link, driver, sizeof(driver)) < 0)
		return;
	if (strcmp(driver, "amdgpu") == 0)
		add_kfd(nodes, root, addr);
	else if (strcmp(driver, "nvidia") == 0)
		add_nvidia(nodes, root, addr);
}
