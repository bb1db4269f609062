/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/group-reason.h"

#include "base/alloc.h"

static const char *const codes[REASON_MAX] = {
	[REASON_NONE] = "none",
	[REASON_NO_ACS_CAPABILITY] = "no-acs-capability",
	[REASON_ACS_DISABLED] = "acs-disabled",
	[REASON_MULTIFUNCTION_WITHOUT_ACS] = "multifunction-without-acs",
	[REASON_CONVENTIONAL_PCI_BRIDGE] = "conventional-pci-bridge",
	[REASON_DMA_ALIAS] = "dma-alias",
	[REASON_VMD] = "dma-alias",
	[REASON_QUIRK_GRANTS] = "acs-quirk",
	[REASON_QUIRK_ASSUMED] = "acs-quirk",
	[REASON_QUIRK_DENIES] = "acs-quirk",
	[REASON_UNKNOWN] = "unknown",
};

const char *reason_code_to_string(enum reason_code code)
{
	return code >= 0 && code < REASON_MAX ? codes[code] : NULL;
}

static const char *what_it_is(const struct pci_function *f, const struct pci_caps *caps)
{
	bool bridge = pci_function_is_bridge(f);

	if (!caps->known)
		return bridge ? "bridge" : "device";
	if (!caps->pcie)
		return bridge ? "conventional PCI bridge" : "conventional PCI device";
	switch (caps->type) {
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
		return "PCIe endpoint";
	case PCIE_ROOT_PORT:
		return "root port";
	case PCIE_UPSTREAM_PORT:
		return "upstream port of a switch";
	case PCIE_DOWNSTREAM_PORT:
		return "downstream port of a switch";
	case PCIE_TO_PCI_BRIDGE:
		return "PCIe-to-PCI bridge";
	case PCI_TO_PCIE_BRIDGE:
		return "PCI-to-PCIe bridge";
	case PCIE_RC_ENDPOINT:
		return "device of the root complex";
	case PCIE_RC_EVENT_COLLECTOR:
		return "event collector of the root complex";
	}
	return "PCIe device";
}

static const char *what_it_does(enum reason_code code)
{
	switch (code) {
	case REASON_NO_ACS_CAPABILITY:
		return "without the ACS capability: everything below it is one group";
	case REASON_ACS_DISABLED:
		return "whose ACS is not switched on: everything below it is one group";
	case REASON_MULTIFUNCTION_WITHOUT_ACS:
		return "that shares its slot with others, without ACS between them: they are one "
		       "group";
	case REASON_CONVENTIONAL_PCI_BRIDGE:
		return "that hides who is behind it: everything below it is one group";
	case REASON_DMA_ALIAS:
		return "that shares its DMA address with another of its bus: they are one group";
	case REASON_VMD:
		return "(VMD): everything in its domain does DMA under its address";
	case REASON_QUIRK_GRANTS:
		return "that isolates without the ACS it would need: the kernel has it on a list";
	case REASON_QUIRK_ASSUMED:
		return "that isolates without the ACS it would need if the kernel can program the "
		       "chipset: that is assumed here, and in doubt only where the kernel logs "
		       "\"Failed to enable Intel PCH ACS quirk\"";
	case REASON_QUIRK_DENIES:
		return "that does not isolate, as the kernel's list has it: everything below it is "
		       "one group";
	case REASON_UNKNOWN:
		return "whose configuration space cannot be read: what it would share a group with "
		       "is unknown";
	default:
		return "";
	}
}

char *group_reason_text(enum reason_code code, const struct pci_function *cause,
			const struct pci_caps *caps)
{
	return xasprintf("%s: %s %s", pci_addr_text(cause->addr).text, what_it_is(cause, caps),
			 what_it_does(code));
}
