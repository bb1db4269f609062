/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/root.h"

/* Where a kernel module stands, as the kernel, the module indexes and modprobe.d say together. */
enum module_state {
	MODULE_LOADED,
	MODULE_BUILTIN,
	MODULE_LOADABLE,    /* not loaded; the index of the running kernel has it */
	MODULE_BLACKLISTED, /* loadable, but the administrator keeps it out */
	MODULE_MISSING,     /* neither in the kernel nor in its modules directory */
	MODULE_UNKNOWN,     /* a captured tree without a modules directory */
	MODULE_STATE_MAX,
};

struct module_info {
	const char *name;        /* as asked for */
	enum module_state state;
	bool install_command;    /* MODULE_BLACKLISTED by an install line, else by blacklist */
	char release[256];       /* of the kernel whose modules were looked at */
};

const char *module_state_to_string(enum module_state state);

/*
 * Modules that are in the kernel already are told by sysfs alone; libkmod, which reads indexes and
 * configuration, is asked only about the others. The names must outlive ret, which has one for each.
 */
int modules_read(const struct host_root *root, const char *const *names, size_t count,
		 struct module_info *ret, struct error *err) _must_check_;

/* What vfio-pci needs, in the order to load: "vfio", "vfio_iommu_type1", "vfio-pci". */
extern const char *const vfio_modules[];
#define VFIO_MODULE_COUNT 3
