/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/pci.h"
#include "host/platform.h"

/* "vfio-pci.ids=1002:5159" and the like: vfio-pci takes every device that it fits. */
struct ids_claim {
	char *where; /* "/etc/modprobe.d/vfio.conf", "the kernel command line" */
	uint16_t vendor, device;
	uint16_t subsystem_vendor, subsystem_device; /* 0xffff: any */
	uint32_t class, class_mask;                  /* mask 0: any */
};

/* A line "softdep DRIVER pre: vfio-pci": load vfio-pci before the driver. */
struct softdep {
	char *where;
	char *module;
};

/* /etc/driverctl.d/pci-ADDRESS: the driver that driverctl gives the device at each boot. */
struct driverctl_override {
	struct pci_addr addr;
	char *driver;
};

/* A guest of libvirt's that runs and has this function. */
struct libvirt_use {
	struct pci_addr addr;
	char *guest;
};

/* Others that decide about devices as well: modprobe.d, driverctl, libvirt. */
struct rivals {
	struct ids_claim *ids;
	struct softdep *softdeps;
	struct driverctl_override *overrides;
	struct libvirt_use *uses;
	size_t ids_count, softdep_count, override_count, use_count;
};

void rivals_read(const struct host_root *root, const struct platform *platform, struct rivals *ret,
		 struct unknowns *unknowns);
void rivals_release(struct rivals *rivals);

/* The parts: the first for rivals_read(), which leaves uses as they are, the others for themselves. */
void modprobe_config_read(const struct host_root *root, const struct platform *platform,
			  struct rivals *rivals, struct unknowns *unknowns);
void libvirt_uses_read(const struct host_root *root, struct rivals *rivals,
		       struct unknowns *unknowns);
void libvirt_uses_release(struct rivals *rivals);

bool ids_claim_fits(const struct ids_claim *claim, const struct pci_function *function);
