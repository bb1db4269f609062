/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/vfio-fds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

#define DEVICES_MAX (64 * 1024)

bool vfio_fds_available(const struct host_root *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int iommu = host_root_openat(root, NAME_DEV_IOMMU, O_PATH);
	_cleanup_close_ int devices = host_root_openat(root, NAME_CHAR_DEVICES, O_RDONLY);

	if (iommu < 0 || devices < 0 || fd_read_all(devices, DEVICES_MAX, &text) < 0)
		return false;
	/* The kernel's vfio registers this name for its character devices. */
	return strstr(text, " vfio-dev\n") != NULL;
}

struct vfio_fds vfio_fds_plan(const struct guest *guest)
{
	struct vfio_fds fds = { .count = guest->hostdev_count > 0 };

	fds.items[0] = (struct vfio_fd){ .iommu = true, .number = VFIO_FD_FIRST, .fd = -1 };
	for (size_t i = 0; i < guest->hostdev_count; i++) {
		fds.items[fds.count] = (struct vfio_fd){
			.address = guest->hostdevs[i].address,
			.number = VFIO_FD_FIRST + (int)fds.count,
			.fd = -1,
		};
		fds.count++;
	}
	return fds;
}

int vfio_fds_number(const struct vfio_fds *fds, const struct pci_addr *address)
{
	for (size_t i = 0; i < fds->count; i++) {
		const struct vfio_fd *item = &fds->items[i];

		if (item->iommu == !address &&
		    (!address || pci_addr_compare(item->address, *address) == 0))
			return item->number;
	}
	return -1;
}

/* "vfio3" of the function's directory vfio-dev, which vfio-pci makes when it binds. */
static int read_node_name(const struct host_root *root, struct pci_addr address, char *buf,
			  size_t size)
{
	_cleanup_free_ char *path =
		xasprintf(NAME_PCI_DEVICES "/%s/vfio-dev", pci_addr_text(address).text);
	int fd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = -ENOENT;

	if (!dir)
		return fd < 0 ? fd : -errno;
	while (r < 0 && (entry = readdir(dir)))
		if (strncmp(entry->d_name, "vfio", 4) == 0 &&
		    snprintf(buf, size, "%s", entry->d_name) < (int)size)
			r = 0;
	closedir(dir);
	return r;
}

static int open_one(const struct host_root *root, struct vfio_fd *item, int lowest,
		    struct error *err)
{
	char name[32] = "", path[64] = NAME_DEV_IOMMU;
	_cleanup_close_ int fd = -1;

	if (!item->iommu) {
		int r = read_node_name(root, item->address, name, sizeof(name));

		if (r < 0)
			return error_errno(err, r, "%s: has no /dev/vfio/devices/vfioN: is it "
					   "bound to vfio-pci?", pci_addr_text(item->address).text);
		snprintf(path, sizeof(path), NAME_DEV_VFIO "/devices/%s", name);
	}
	fd = host_root_openat(root, path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, fd, "/%s: cannot be opened", path);
	/* Where vfio_fds_place() puts others, it must not be. */
	item->fd = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	return item->fd < 0 ? error_errno(err, -errno, "/%s: cannot be opened", path) : 0;
}

int vfio_fds_open(const struct host_root *root, struct vfio_fds *fds, struct error *err)
{
	for (size_t i = 0; i < fds->count; i++) {
		int r = open_one(root, &fds->items[i], VFIO_FD_FIRST + (int)fds->count, err);

		if (r < 0) {
			vfio_fds_close(fds);
			return r;
		}
	}
	return 0;
}

void vfio_fds_close(struct vfio_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++) {
		cleanup_close(&fds->items[i].fd);
		fds->items[i].fd = -1;
	}
}

int vfio_fds_place(const struct vfio_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++)
		if (dup2(fds->items[i].fd, fds->items[i].number) < 0)
			return -errno;
	return 0;
}
