/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/dma-alias.h"

static bool has_ids(const struct pci_function *f, uint16_t vendor, uint16_t device)
{
	return f->vendor == vendor && f->device == device;
}

enum bridge_alias bridge_alias_of(const struct pci_function *bridge, const struct pci_caps *caps)
{
	/* PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT: Cavium ThunderX2, sold by Broadcom */
	if (has_ids(bridge, 0x14e4, 0x9000) || has_ids(bridge, 0x14e4, 0x9084))
		return BRIDGE_ENDS;
	/* PCI_DEV_FLAGS_PCI_BRIDGE_NO_ALIAS: ASPEED AST1150 */
	if (has_ids(bridge, 0x1a03, 0x1150))
		return BRIDGE_KEEPS;
	if (!caps->known)
		return BRIDGE_UNKNOWN;
	if (!caps->pcie)
		return BRIDGE_ALIASES;
	switch (caps->type) {
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
		return BRIDGE_ALIASES;
	default:
		return BRIDGE_KEEPS;
	}
}

/* Whose addresses a quirk adds: what stands in the kernel's fixup functions of these names. */
enum alias_kind {
	ALIAS_FUNCTION_0, /* quirk_dma_func0_alias() */
	ALIAS_FUNCTION_1, /* quirk_dma_func1_alias() */
	ALIAS_MIC,        /* quirk_mic_x200_dma_alias(): 10.0, 11.0 and 12.3 */
	ALIAS_VCA,        /* quirk_pex_vca_alias(): functions 0 to 4 of every slot */
	ALIAS_ALL,        /* quirk_plx_ntb_dma_alias(): every address of the bus */
	ALIAS_NONE,
};

static const struct {
	uint16_t vendor, first, last; /* device ids, inclusive */
	enum alias_kind kind;
} alias_quirks[] = {
	/* Ricoh multifunction card readers; Glenfly */
	{ 0x1180, 0xe832, 0xe832, ALIAS_FUNCTION_0 },
	{ 0x1180, 0xe476, 0xe476, ALIAS_FUNCTION_0 },
	{ 0x6766, 0x3d40, 0x3d41, ALIAS_FUNCTION_0 },
	/* Marvell and other SATA controllers */
	{ 0x1b4b, 0x9120, 0x9120, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9123, 0x9123, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9125, 0x9125, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9128, 0x9128, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9130, 0x9130, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9170, 0x9170, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9172, 0x9172, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x917a, 0x917a, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9182, 0x9183, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x91a0, 0x91a0, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9215, 0x9215, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9220, 0x9220, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9230, 0x9230, ALIAS_FUNCTION_1 },
	{ 0x1b4b, 0x9235, 0x9235, ALIAS_FUNCTION_1 },
	{ 0x1103, 0x0642, 0x0642, ALIAS_FUNCTION_1 },
	{ 0x1103, 0x0645, 0x0645, ALIAS_FUNCTION_1 },
	{ 0x197b, 0x2392, 0x2392, ALIAS_FUNCTION_1 }, /* JMB388 */
	{ 0x1c28, 0x0122, 0x0122, ALIAS_FUNCTION_1 },
	/* Intel Xeon Phi and VCA, PLX non-transparent bridges */
	{ 0x8086, 0x2260, 0x2260, ALIAS_MIC },
	{ 0x8086, 0x2264, 0x2264, ALIAS_MIC },
	{ 0x8086, 0x2954, 0x295a, ALIAS_VCA },
	{ 0x10b5, 0x87b0, 0x87b1, ALIAS_ALL },
};

static enum alias_kind alias_kind_of(const struct pci_function *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(alias_quirks); i++)
		if (f->vendor == alias_quirks[i].vendor && f->device >= alias_quirks[i].first &&
		    f->device <= alias_quirks[i].last)
			return alias_quirks[i].kind;
	return ALIAS_NONE;
}

static bool uses_address_of(const struct pci_function *f, const struct pci_function *other)
{
	const struct pci_addr *a = &other->addr;

	switch (alias_kind_of(f)) {
	case ALIAS_FUNCTION_0:
		return a->device == f->addr.device && a->function == 0;
	case ALIAS_FUNCTION_1:
		return a->device == f->addr.device && a->function == 1;
	case ALIAS_MIC:
		return (a->device == 0x10 && a->function == 0) ||
		       (a->device == 0x11 && a->function == 0) ||
		       (a->device == 0x12 && a->function == 3);
	case ALIAS_VCA:
		return a->function <= 4;
	case ALIAS_ALL:
		return true;
	case ALIAS_NONE:
		break;
	}
	return false;
}

bool functions_alias(const struct pci_function *a, const struct pci_function *b)
{
	return uses_address_of(a, b) || uses_address_of(b, a);
}

bool function_has_alias(const struct pci_function *function)
{
	return alias_kind_of(function) != ALIAS_NONE;
}
