/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci.h"

/*
 * The attributes whose reading takes the device's lock: driver_override (before Linux 7) and
 * sriov_numvfs. While a driver's remove or probe hangs, whoever reads them hangs as well, and cannot
 * be killed. So they are read only for the functions that a verb is about, by a helper process, and
 * a function that does not answer is marked locked.
 */
void pci_functions_read_locked(const struct host_root *root, struct pci_functions *functions,
			       const struct pci_addr *addrs, size_t count);
