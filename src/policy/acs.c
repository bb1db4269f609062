/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/acs.h"

#include "policy/acs-quirks.h"

#define REQUIRED                                                                                   \
	(ACS_SOURCE_VALIDATION | ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT |                  \
	 ACS_UPSTREAM_FORWARDING)

struct acs_rules acs_rules_of(const struct host *host)
{
	return (struct acs_rules){
		.controls_count = host->iommu.active || host->iommu.has_groups,
		.has_ivrs = host->has_ivrs,
	};
}

/*
 * IDT switches claim a source validation that is broken; the kernel takes it from their capability
 * (pci_disable_broken_acs_cap() of quirks.c).
 */
static uint16_t working_bits(const struct pci_function *f, const struct pci_caps *caps)
{
	bool broken = f->vendor == 0x111d && (f->device == 0x80b5 || f->device == 0x8090);

	return broken ? caps->acs_bits & ~ACS_SOURCE_VALIDATION : caps->acs_bits;
}

/* pci_acs_flags_enabled(): what the capability lacks counts as switched on for good. */
static enum acs_verdict judge_registers(const struct acs_rules *rules,
					const struct pci_function *f, const struct pci_caps *caps)
{
	uint16_t needed;

	if (caps->acs == ACS_CAPABILITY_UNKNOWN)
		return ACS_UNKNOWN;
	if (caps->acs == ACS_CAPABILITY_ABSENT)
		return ACS_NO_CAPABILITY;
	needed = REQUIRED & working_bits(f, caps);
	if (rules->controls_count ? (caps->acs_control & needed) != needed
				  : (rules->cleared & needed) != 0)
		return ACS_DISABLED;
	return ACS_ISOLATES;
}

static enum acs_verdict judge_without_quirks(const struct acs_rules *rules,
					     const struct pci_function *f,
					     const struct pci_caps *caps)
{
	if (!caps->known)
		return ACS_UNKNOWN;
	if (!caps->pcie)
		return ACS_CONVENTIONAL;
	switch (caps->type) {
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
	case PCIE_RC_EVENT_COLLECTOR:
		return ACS_CONVENTIONAL;
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return judge_registers(rules, f, caps);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_RC_ENDPOINT:
		return caps->multifunction ? judge_registers(rules, f, caps) : ACS_ISOLATES;
	}
	return ACS_ISOLATES; /* of a type that is not defined yet */
}

const char *acs_pointless(enum acs_verdict verdict, const struct pci_function *function,
			  const struct pci_caps *caps)
{
	if (verdict == ACS_DENIED)
		return "the kernel's list says that it does not isolate, whatever ACS it has";
	if (!caps->known)
		return "its configuration space cannot be read, so it is not known what ACS would "
		       "mean to it";
	if (!caps->pcie)
		return pci_function_is_bridge(function)
			       ? "this is a bridge of conventional PCI, and only PCIe has ACS"
			       : "this is a conventional PCI device, and only PCIe has ACS";
	switch (caps->type) {
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
		return "this is a bridge between PCIe and conventional PCI: it hides who is behind "
		       "it, with ACS or without";
	case PCIE_RC_EVENT_COLLECTOR:
		return "this is an event collector of the root complex: the kernel asks none for "
		       "ACS";
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return NULL;
	default:
		return caps->multifunction ? NULL
					   : "this is the only function of its slot and no port "
					     "that others are behind: it isolates without ACS";
	}
}

enum acs_verdict acs_judge(const struct acs_rules *rules, const struct pci_function *function,
			   const struct pci_caps *caps, bool root_bus)
{
	enum acs_verdict plain = judge_without_quirks(rules, function, caps);

	switch (acs_quirk_of(function, caps, root_bus, rules->has_ivrs)) {
	case ACS_QUIRK_GRANTS:
		return plain == ACS_ISOLATES ? ACS_ISOLATES : ACS_VOUCHED;
	case ACS_QUIRK_ASSUMED:
		return plain == ACS_ISOLATES ? ACS_ISOLATES : ACS_ASSUMED;
	case ACS_QUIRK_DENIES:
		return ACS_DENIED;
	case ACS_QUIRK_UNKNOWN:
		return ACS_UNKNOWN;
	case ACS_QUIRK_NONE:
		break;
	}
	return plain;
}
