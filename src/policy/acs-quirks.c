/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/acs-quirks.h"

/* On what else than its ids a quirk depends; where that does not hold, the next row is tried. */
enum condition {
	ALWAYS,
	ROOT_PORT,
	PCH_ROOT_PORT, /* a root port: it isolates if the kernel can program the chipset */
	SWITCH_OR_ROOT_PORT, /* a root port or a downstream port */
	RC_ENDPOINT,
	AMD_SOUTH_BRIDGE, /* one of several functions on a root bus, and there is an IVRS table */
};

/* The rows in the kernel's order. */
static const struct {
	uint16_t vendor, first, last; /* device ids, inclusive */
	enum condition condition;
	enum acs_quirk quirk;
} quirks[] = {
#define GRANT(vendor, id, condition)          { vendor, id, id, condition, ACS_QUIRK_GRANTS }
#define GRANTS(vendor, first, last, condition) { vendor, first, last, condition, ACS_QUIRK_GRANTS }
#define DENIES_THE_REST(vendor, condition)    { vendor, 0, 0xffff, condition, ACS_QUIRK_DENIES }
	/* pci_quirk_amd_sb_acs() */
	GRANTS(0x1002, 0x4383, 0x4385, AMD_SOUTH_BRIDGE), GRANT(0x1002, 0x4399, AMD_SOUTH_BRIDGE),
	GRANTS(0x1002, 0x439c, 0x439d, AMD_SOUTH_BRIDGE), GRANT(0x1022, 0x7809, AMD_SOUTH_BRIDGE),
	GRANT(0x1022, 0x780f, AMD_SOUTH_BRIDGE),
	/* pci_quirk_mf_endpoint_acs(): Solarflare */
	GRANT(0x1924, 0x0903, ALWAYS), GRANT(0x1924, 0x0923, ALWAYS), GRANT(0x1924, 0x0a03, ALWAYS),
	/* Intel network controllers: 82598, 82599, X520, X540 */
	GRANT(0x8086, 0x10c6, ALWAYS), GRANT(0x8086, 0x10db, ALWAYS), GRANT(0x8086, 0x10dd, ALWAYS),
	GRANT(0x8086, 0x10e1, ALWAYS), GRANT(0x8086, 0x10f1, ALWAYS),
	GRANTS(0x8086, 0x10f7, 0x10fc, ALWAYS), GRANT(0x8086, 0x1507, ALWAYS),
	GRANT(0x8086, 0x1514, ALWAYS), GRANT(0x8086, 0x151c, ALWAYS),
	GRANTS(0x8086, 0x1529, 0x152a, ALWAYS), GRANT(0x8086, 0x154d, ALWAYS),
	GRANT(0x8086, 0x154f, ALWAYS), GRANT(0x8086, 0x1551, ALWAYS), GRANT(0x8086, 0x1558, ALWAYS),
	/* 82580 */
	GRANT(0x8086, 0x1509, ALWAYS), GRANTS(0x8086, 0x150e, 0x1511, ALWAYS),
	GRANT(0x8086, 0x1516, ALWAYS), GRANT(0x8086, 0x1527, ALWAYS),
	/* 82576 */
	GRANT(0x8086, 0x10c9, ALWAYS), GRANTS(0x8086, 0x10e6, 0x10e8, ALWAYS),
	GRANT(0x8086, 0x150a, ALWAYS), GRANT(0x8086, 0x150d, ALWAYS), GRANT(0x8086, 0x1518, ALWAYS),
	GRANT(0x8086, 0x1526, ALWAYS),
	/* 82575 */
	GRANT(0x8086, 0x10a7, ALWAYS), GRANT(0x8086, 0x10a9, ALWAYS), GRANT(0x8086, 0x10d6, ALWAYS),
	/* I350 */
	GRANTS(0x8086, 0x1521, 0x1524, ALWAYS),
	/* 82571 */
	GRANTS(0x8086, 0x105e, 0x1060, ALWAYS), GRANT(0x8086, 0x10d9, ALWAYS),
	/* I219 */
	GRANTS(0x8086, 0x15b7, 0x15b8, ALWAYS),
	/* pci_quirk_qcom_rp_acs(), and HXT, which is the same */
	GRANTS(0x17cb, 0x0400, 0x0401, ALWAYS), GRANT(0x17cb, 0x0111, ALWAYS),
	GRANT(0x17cb, 0x0115, ALWAYS), GRANT(0x17cb, 0x0120, ALWAYS), GRANT(0x1dbf, 0x0401, ALWAYS),
	/* pci_quirk_intel_pch_acs_ids[]: Ibex Peak, Cougar, Panther, Lynx Point-H and -LP */
	GRANTS(0x8086, 0x3b42, 0x3b51, PCH_ROOT_PORT), GRANTS(0x8086, 0x1c10, 0x1c1f, PCH_ROOT_PORT),
	GRANTS(0x8086, 0x1e10, 0x1e1f, PCH_ROOT_PORT), GRANTS(0x8086, 0x8c10, 0x8c1f, PCH_ROOT_PORT),
	GRANTS(0x8086, 0x9c10, 0x9c1b, PCH_ROOT_PORT),
	/* Wildcat Point, Patsburg (X79), Wellsburg (X99), Lynx Point (9 series) */
	GRANTS(0x8086, 0x9c90, 0x9c9b, PCH_ROOT_PORT),
	GRANT(0x8086, 0x1d10, PCH_ROOT_PORT), GRANT(0x8086, 0x1d12, PCH_ROOT_PORT),
	GRANT(0x8086, 0x1d14, PCH_ROOT_PORT), GRANT(0x8086, 0x1d16, PCH_ROOT_PORT),
	GRANT(0x8086, 0x1d18, PCH_ROOT_PORT), GRANT(0x8086, 0x1d1a, PCH_ROOT_PORT),
	GRANT(0x8086, 0x1d1c, PCH_ROOT_PORT), GRANT(0x8086, 0x1d1e, PCH_ROOT_PORT),
	GRANTS(0x8086, 0x8d10, 0x8d1e, PCH_ROOT_PORT),
	GRANT(0x8086, 0x8c90, PCH_ROOT_PORT), GRANT(0x8086, 0x8c92, PCH_ROOT_PORT),
	GRANT(0x8086, 0x8c94, PCH_ROOT_PORT), GRANT(0x8086, 0x8c96, PCH_ROOT_PORT),
	GRANT(0x8086, 0x8c98, PCH_ROOT_PORT), GRANT(0x8086, 0x8c9a, PCH_ROOT_PORT),
	GRANT(0x8086, 0x8c9c, PCH_ROOT_PORT), GRANT(0x8086, 0x8c9e, PCH_ROOT_PORT),
	/* pci_quirk_rciep_acs(): what Intel integrates into the root complex */
	GRANTS(0x8086, 0x0000, 0xffff, RC_ENDPOINT),
	/* Emulex BE3-R, Skyhawk-R */
	GRANT(0x19a2, 0x0710, ALWAYS), GRANT(0x10df, 0x0720, ALWAYS),
	/* pci_quirk_cavium_acs(): ThunderX 1 to 3; and their network controllers */
	GRANTS(0x177d, 0xa000, 0xa7ff, ROOT_PORT), GRANT(0x177d, 0xaf84, ROOT_PORT),
	GRANT(0x177d, 0xb884, ROOT_PORT), GRANT(0x177d, 0xa026, ALWAYS),
	GRANT(0x177d, 0xa059, ALWAYS), GRANT(0x177d, 0xa060, ALWAYS),
	/* pci_quirk_xgene_acs(): APM, Ampere */
	GRANT(0x10e8, 0xe004, ALWAYS), GRANTS(0x1def, 0xe005, 0xe00c, ALWAYS),
	/* Broadcom: pci_quirk_brcm_acs(), and network controllers */
	GRANT(0x14e4, 0xd714, ALWAYS), GRANT(0x14e4, 0x16d7, ALWAYS),
	GRANTS(0x14e4, 0x1750, 0x1752, ALWAYS), GRANTS(0x14e4, 0x1760, 0x1763, ALWAYS),
	/* pci_quirk_loongson_acs() */
	GRANT(0x0014, 0x3c09, ALWAYS), GRANT(0x0014, 0x3c19, ALWAYS), GRANT(0x0014, 0x3c29, ALWAYS),
	GRANT(0x0014, 0x7a09, ALWAYS), GRANT(0x0014, 0x7a19, ALWAYS), GRANT(0x0014, 0x7a29, ALWAYS),
	GRANT(0x0014, 0x7a39, ALWAYS), GRANT(0x0014, 0x7a49, ALWAYS), GRANT(0x0014, 0x7a59, ALWAYS),
	GRANT(0x0014, 0x7a69, ALWAYS),
	/* pci_quirk_al_acs(): Amazon's Annapurna Labs */
	GRANT(0x1c36, 0x0031, ROOT_PORT),
	/* pci_quirk_nxp_rp_acs() */
	GRANTS(0x1957, 0x8d80, 0x8d83, ALWAYS), GRANTS(0x1957, 0x8d88, 0x8d8b, ALWAYS),
	GRANTS(0x1957, 0x8d90, 0x8d93, ALWAYS), GRANTS(0x1957, 0x8d98, 0x8d9b, ALWAYS),
	GRANT(0x1957, 0x8da0, ALWAYS), GRANT(0x1957, 0x8da1, ALWAYS), GRANT(0x1957, 0x8da8, ALWAYS),
	GRANT(0x1957, 0x8da9, ALWAYS), GRANT(0x1957, 0x8db0, ALWAYS), GRANT(0x1957, 0x8db1, ALWAYS),
	GRANT(0x1957, 0x8db8, ALWAYS), GRANT(0x1957, 0x8db9, ALWAYS),
	/* pci_quirk_zhaoxin_pcie_ports_acs(), and endpoints */
	GRANT(0x1d17, 0x3038, ALWAYS), GRANT(0x1d17, 0x3104, ALWAYS), GRANT(0x1d17, 0x9083, ALWAYS),
	GRANTS(0x1d17, 0x0710, 0x071e, SWITCH_OR_ROOT_PORT),
	GRANT(0x1d17, 0x0721, SWITCH_OR_ROOT_PORT),
	GRANTS(0x1d17, 0x0723, 0x0752, SWITCH_OR_ROOT_PORT),
	DENIES_THE_REST(0x1d17, SWITCH_OR_ROOT_PORT),
	/* pci_quirk_wangxun_nic_acs() */
	GRANTS(0x8088, 0x0100, 0x010f, ALWAYS), GRANT(0x8088, 0x1001, ALWAYS),
	GRANT(0x8088, 0x2001, ALWAYS), GRANT(0x8088, 0x5010, ALWAYS), GRANT(0x8088, 0x5025, ALWAYS),
	GRANT(0x8088, 0x5040, ALWAYS), GRANT(0x8088, 0x5110, ALWAYS), GRANT(0x8088, 0x5125, ALWAYS),
	GRANT(0x8088, 0x5140, ALWAYS), DENIES_THE_REST(0x8088, ALWAYS),
};

static bool is_type(const struct pci_caps *caps, enum pcie_type type)
{
	return caps->pcie && caps->type == type;
}

static bool holds(enum condition condition, const struct pci_caps *caps, bool root_bus,
		  bool has_ivrs)
{
	switch (condition) {
	case ALWAYS:
		return true;
	case ROOT_PORT:
	case PCH_ROOT_PORT:
		return is_type(caps, PCIE_ROOT_PORT);
	case SWITCH_OR_ROOT_PORT:
		return is_type(caps, PCIE_ROOT_PORT) || is_type(caps, PCIE_DOWNSTREAM_PORT);
	case RC_ENDPOINT:
		return is_type(caps, PCIE_RC_ENDPOINT);
	case AMD_SOUTH_BRIDGE:
		return caps->multifunction && root_bus && has_ivrs;
	}
	return false;
}

/* The port type is a matter of configuration space, the rest is not. */
static bool can_be_told(enum condition condition, const struct pci_caps *caps)
{
	return caps->known || condition == ALWAYS || condition == AMD_SOUTH_BRIDGE;
}

/* pci_quirk_intel_pch_acs(): all or nothing, as pci_quirk_enable_intel_pch_acs() went at boot. */
static enum acs_quirk pch_quirk(const struct pci_caps *caps)
{
	switch (caps->window) {
	case CHIPSET_WINDOW_OPEN:
		return ACS_QUIRK_GRANTS;
	case CHIPSET_WINDOW_CLOSED:
		return ACS_QUIRK_DENIES;
	default:
		return ACS_QUIRK_ASSUMED;
	}
}

enum acs_quirk acs_quirk_of(const struct pci_function *function, const struct pci_caps *caps,
			    bool root_bus, bool has_ivrs)
{
	for (size_t i = 0; i < ARRAY_SIZE(quirks); i++) {
		if (quirks[i].vendor != function->vendor || function->device < quirks[i].first ||
		    function->device > quirks[i].last)
			continue;
		if (!can_be_told(quirks[i].condition, caps))
			return ACS_QUIRK_UNKNOWN;
		if (!holds(quirks[i].condition, caps, root_bus, has_ivrs))
			continue;
		return quirks[i].condition == PCH_ROOT_PORT ? pch_quirk(caps) : quirks[i].quirk;
	}
	return ACS_QUIRK_NONE;
}
