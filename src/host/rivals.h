/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/pci.h"
#include "host/platform.h"

/* Where vfio-pci is given ids. */
struct ids_source {
	char *where;       /* "/etc/modprobe.d/vfio.conf", "the kernel command line" */
	unsigned int line; /* 0: it has none */
	char *word;        /* "ids=1002:5159,1002:aa38", "vfio-pci.ids=1002:5159", as written */
};

/* One of these ids, "1002:5159" and the like: vfio-pci takes every device that it fits. */
struct ids_claim {
	size_t source; /* in rivals.sources */
	char *text;    /* as written */
	uint32_t vendor, device, subsystem_vendor, subsystem_device; /* IDS_ANY: any */
	uint32_t class, class_mask;                                  /* mask 0: any */
};

#define IDS_ANY UINT32_MAX

/* A line "softdep DRIVER pre: vfio-pci": load vfio-pci before the driver. */
struct softdep {
	char *where;
	char *module;
};

/* /etc/driverctl.d/pci-ADDRESS: the driver that driverctl gives the device at each boot. */
struct driverctl_override {
	struct pci_addr addr;
	char *file;
	char *driver;
};

/* A guest of libvirt's that runs and has this function. */
struct libvirt_use {
	struct pci_addr addr;
	char *guest;
};

/* Others that decide about devices as well: modprobe.d, driverctl, libvirt. */
struct rivals {
	struct ids_source *sources; /* in the order in which vfio-pci is given them */
	struct ids_claim *ids;
	struct softdep *softdeps;
	struct driverctl_override *overrides;
	struct libvirt_use *uses;
	size_t source_count, ids_count, softdep_count, override_count, use_count;
	struct strv other_overrides; /* files of driverctl's that are about no PCI device */
	struct strv problems;        /* what could not be read or understood, and why */
};

void rivals_read(const struct host_root *root, const struct platform *platform, struct rivals *ret,
		 struct unknowns *unknowns);
void rivals_release(struct rivals *rivals);

/* The parts: two for rivals_read(), which leaves uses as they are, the others for themselves. */
void driverctl_read(const struct host_root *root, struct rivals *rivals, struct unknowns *unknowns);
void modprobe_config_read(const struct host_root *root, const struct platform *platform,
			  struct rivals *rivals, struct unknowns *unknowns);
void libvirt_uses_read(const struct host_root *root, struct rivals *rivals,
		       struct unknowns *unknowns);
void libvirt_uses_release(struct rivals *rivals);

/* A file that is there could not be read: say so in both. */
void rivals_add_unread(struct rivals *rivals, struct unknowns *unknowns, const char *path, int error,
		       const char *what);

/* Add a source, and the ids of its word, which end it. */
void ids_source_add(struct rivals *rivals, const char *where, unsigned int line, const char *word);

/* vfio-pci takes the last ids that it is given, and no others. */
bool ids_source_is_overruled(const struct rivals *rivals, size_t source);

bool ids_claim_fits(const struct ids_claim *claim, const struct pci_function *function);

/* vfio-pci is told to take the function: by these ids; by any ids, or by driverctl. */
bool ids_claim_gives(const struct rivals *rivals, const struct ids_claim *claim,
		     const struct pci_function *function);
bool rivals_give_to_vfio(const struct rivals *rivals, const struct pci_function *function);
bool driverctl_gives_to_vfio(const struct driverctl_override *override);
