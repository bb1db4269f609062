/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/claims.h"

static const struct config_key items[] = {
	{ "address", VALUE_PCI_ADDR, offsetof(struct claim, address), NULL, NULL, true,
	  "the device, as vfioadm list shows it" },
	{ "ids", VALUE_IDS, offsetof(struct claim, ids), NULL, NULL, false,
	  "vendor and device id that it must have: where another device is found at the address, "
	  "the claim does not hold; without it, whatever is there is claimed" },
	{ "functions", VALUE_CHOICE, offsetof(struct claim, functions), "slot|only", "slot", false,
	  "slot: the other functions of a GPU's slot, such as its sound, go along" },
	{ "driver", VALUE_CHOICE, offsetof(struct claim, driver), "vfio-pci", "vfio-pci", false,
	  "who is to have it" },
	{ "boot-gpu", VALUE_BOOL, offsetof(struct claim, boot_gpu), NULL, "no", false,
	  "yes: claim it although the firmware's console is on it, so that the host has no screen" },
};

static const struct config_keys claim_keys = { items, ARRAY_SIZE(items) };

static const struct config_section sections[] = {
	{ "claim", "the device that vfio-pci is to have from the boot on", &claim_keys,
	  0, sizeof(struct claim), false, 0 },
};

const struct config_format claim_format = { sections, ARRAY_SIZE(sections) };
