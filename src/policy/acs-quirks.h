/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci-caps.h"

/* What the kernel's table of ACS quirks says of a function. */
enum acs_quirk {
	ACS_QUIRK_NONE,    /* nothing: its ACS capability decides */
	ACS_QUIRK_GRANTS,  /* it isolates as if it had ACS */
	ACS_QUIRK_ASSUMED, /* the same if the kernel could program the chipset, which is not known */
	ACS_QUIRK_DENIES,  /* it does not isolate, whatever it says of itself */
	ACS_QUIRK_UNKNOWN, /* that depends on configuration space that cannot be read */
};

/*
 * pci_dev_acs_enabled[] of Linux's drivers/pci/quirks.c for the flags that grouping asks for.
 * root_bus: the function is on one. has_ivrs: the firmware describes an AMD IOMMU.
 */
enum acs_quirk acs_quirk_of(const struct pci_function *function, const struct pci_caps *caps,
			    bool root_bus, bool has_ivrs);
