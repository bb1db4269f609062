/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/claim.h"

#include "cmd/help.h"

static const struct action actions[] = {
	{ "add", "DEVICE", "claim a device, with the ids that it has now", 1, 1,
	  OPTION_BIT(OPTION_NAME) | OPTION_BIT(OPTION_FUNCTIONS) | OPTION_BIT(OPTION_ALLOW) |
		  OPTION_BIT(OPTION_UPDATE_INITRAMFS) | OPTION_BIT(OPTION_DRY_RUN),
	  true, claim_add },
	{ "remove", "CLAIM", "end a claim", 1, 1, OPTION_BIT(OPTION_UPDATE_INITRAMFS), true,
	  claim_remove },
	{ "import", "", "claim what driverctl, vfio-pci.ids= and modprobe.d give to vfio-pci", 0, 0,
	  OPTION_BIT(OPTION_ALLOW) | OPTION_BIT(OPTION_UPDATE_INITRAMFS) |
		  OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON),
	  true, claim_import },
	{ "list", "", "show the claims, and where each stands", 0, 0, OPTION_BIT(OPTION_JSON),
	  false, claim_list },
	{ "apply", "", "take what is claimed, now", 0, 0,
	  OPTION_BIT(OPTION_EARLY) | OPTION_BIT(OPTION_UDEV) | OPTION_BIT(OPTION_TIMEOUT), true,
	  claim_apply },
	{ "verify", "", "say which claims were won, and which lost, and to whom", 0, 0,
	  OPTION_BIT(OPTION_JSON), false, claim_verify },
};

const struct cmd cmd_claim = {
	.name = "claim",
	.arguments = "add|remove|import|list|apply|verify",
	.summary = "devices that vfio-pci is to have from the boot on",
	.details =
		"A claim keeps a device from the host's drivers from the boot on: in the initramfs, "
		"before any of them is loaded, and when it is plugged in.\n\n"
		"claim add DEVICE writes it down, with the device's ids, which guard against an "
		"address that moves, and says what to run so that the initramfs knows. Of the "
		"findings that block, it refuses those that would harm the host at its next boot. "
		"--allow boot-gpu is written down, too; without that the boot GPU is never claimed.\n\n"
		"claim remove CLAIM ends it; what it took stays until unbind or a reboot. claim list "
		"shows all.\n\n"
		"claim import makes claims of what others were told before: the overrides that "
		"driverctl has saved (of these, those for vfio-pci), and the ids that modprobe.d or the "
		"kernel command line gives to vfio-pci, of which the last hold. Each device that is "
		"there becomes a claim of its own, without the other functions of its slot; what "
		"becomes none is told, and why. All claims are written, or none. What they take the "
		"place of stays as it is: how to end it is said at the end. Where something of it "
		"cannot be read or understood, nothing is changed.\n\n"
		"claim apply takes at once what is claimed, as bind would: an override is written "
		"for everything before anything is loaded or bound. What only hinders a guest, such as "
		"the IOMMU group, does not stop a claim. With --early it needs neither udev nor any "
		"process, writes its findings to the kernel log as well, waits at most 5 seconds for "
		"any driver, and always succeeds. With --udev it is for one uevent.\n\n"
		"claim verify exits with 0 when all are won, or vfioadm.claim=off is on the kernel "
		"command line, and with 3 when one is lost, its device is absent or has other ids, or "
		"a claim file is in error.",
	.more_help = help_claim_keys,
	.actions = actions,
	.action_count = ARRAY_SIZE(actions),
	.min_args = 1,
	.max_args = 2,
	.options = OPTION_BIT(OPTION_NAME) | OPTION_BIT(OPTION_FUNCTIONS) |
		   OPTION_BIT(OPTION_ALLOW) | OPTION_BIT(OPTION_UPDATE_INITRAMFS) |
		   OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON) |
		   OPTION_BIT(OPTION_EARLY) | OPTION_BIT(OPTION_UDEV) | OPTION_BIT(OPTION_TIMEOUT),
	.run = action_run,
};
