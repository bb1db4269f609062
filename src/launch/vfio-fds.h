/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/root.h"
#include "launch/guest.h"

/*
 * Files that QEMU is given open: /dev/iommu, and a character device for each PCI device
 * (/dev/vfio/devices/vfioN, Linux 6.6 with CONFIG_VFIO_DEVICE_CDEV). QEMU then needs no access to
 * the nodes. Numbers are chosen before the devices are bound, so that the command line is known;
 * vfio-pci makes the nodes when it binds.
 *
 *	vfio_fds_plan(), qemu_argv(), bind, vfio_fds_open(), fork, vfio_fds_place(), exec
 */
#define VFIO_FD_FIRST 64 /* above what a shell or systemd hands down */

struct vfio_fd {
	bool iommu;		 /* /dev/iommu; else a device's own */
	struct pci_addr address; /* of the device */
	int number;		 /* the descriptor's number in QEMU */
	int fd;			 /* here; -1: not open */
};

struct vfio_fds {
	struct vfio_fd items[CONFIG_SECTIONS_MAX + 1];
	size_t count; /* 0: QEMU opens groups by itself */
};

/* The kernel offers both kinds of node. Only known once iommufd and vfio are loaded. */
bool vfio_fds_available(const struct host_root *root);

/* Choose a number for /dev/iommu and for each [hostdev]. Opens nothing. */
struct vfio_fds vfio_fds_plan(const struct guest *guest);

/* The number of a device, or of /dev/iommu where address is NULL; -1: not among them. */
int vfio_fds_number(const struct vfio_fds *fds, const struct pci_addr *address);

/*
 * Open them all, with O_CLOEXEC and out of the way of the chosen numbers; the devices have been
 * bound. Paths are below root. On failure none is open. vfio_fds_close() takes any state.
 */
int vfio_fds_open(const struct host_root *root, struct vfio_fds *fds, struct error *err)
	_must_check_;
void vfio_fds_close(struct vfio_fds *fds);

/*
 * In the child that is to become QEMU: give each its number, open across exec. Async-signal-safe.
 * Returns 0 or a negative errno.
 */
int vfio_fds_place(const struct vfio_fds *fds) _must_check_;
