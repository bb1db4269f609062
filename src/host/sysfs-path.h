/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci-addr.h"
#include "host/root.h"

/*
 * Where a device hangs, from its link in a class or bus directory, such as sys/class/net/eth0 ->
 * ../../devices/pci0000:00/0000:00:04.0/0000:01:00.0/net/eth0.
 */

/* The PCI functions on the way, outermost first; how many, at most max, or a negative errno. */
int sysfs_path_functions(const struct host_root *root, const char *link, struct pci_addr *ret,
			 int max) _must_check_;

/* The nearest of them: 0, or -ENODEV where there is none. */
int sysfs_path_function(const struct host_root *root, const char *link, struct pci_addr *ret)
	_must_check_;
