/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/host.h"
#include "host/pci-caps.h"

/* Does a function keep the peer-to-peer traffic of devices apart, and if not, why? */
enum acs_verdict {
	ACS_ISOLATES,
	ACS_VOUCHED,       /* it isolates, but only a quirk of the kernel says so */
	ACS_ASSUMED,       /* the same if a quirk could program the chipset, which does not show */
	ACS_NO_CAPABILITY, /* PCIe, without the ACS capability that it would need */
	ACS_DISABLED,      /* has it, but not all that is needed is switched on */
	ACS_CONVENTIONAL,  /* no PCIe device, or a bridge to conventional PCI: there is no ACS */
	ACS_DENIED,        /* a quirk of the kernel says that it does not isolate */
	ACS_UNKNOWN,       /* its configuration space cannot be read */
};

/* What of the host, other than the function, the judgement depends on. */
struct acs_rules {
	/*
	 * The IOMMU is on, so that the control word is what the kernel made of it. With the IOMMU
	 * off the kernel switches nothing on, but would switch on all that the capability has.
	 */
	bool controls_count;
	bool has_ivrs;
	/* The control bits that the kernel would not switch on in this function: see acs-cmdline.h */
	uint16_t cleared;
};

struct acs_rules acs_rules_of(const struct host *host);

/*
 * pci_acs_enabled() of Linux's drivers/pci/pci.c for the flags that grouping asks for
 * (REQ_ACS_FLAGS of drivers/iommu/iommu.c). root_bus: the function is on one.
 */
enum acs_verdict acs_judge(const struct acs_rules *rules, const struct pci_function *function,
			   const struct pci_caps *caps, bool root_bus);

/*
 * Why ACS would make no difference to a function, as a clause to go behind its address; NULL where
 * it would, or has already.
 */
const char *acs_pointless(enum acs_verdict verdict, const struct pci_function *function,
			  const struct pci_caps *caps);

static inline bool acs_isolates(enum acs_verdict verdict)
{
	return verdict == ACS_ISOLATES || verdict == ACS_VOUCHED || verdict == ACS_ASSUMED;
}
