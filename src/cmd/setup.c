/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/setup.h"

#include "apply/setup-files.h"
#include "base/log.h"
#include "cmd/session.h"
#include "host/names.h"

/* What --continue and --undo take beside themselves. */
#define CONTINUE_OPTIONS (OPTION_BIT(OPTION_CONTINUE) | OPTION_BIT(OPTION_DRY_RUN))
#define UNDO_OPTIONS                                                                               \
	(OPTION_BIT(OPTION_UNDO) | OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_YES) |           \
	 OPTION_BIT(OPTION_TIMEOUT))

static enum exit_code check_alone(const struct options *options, enum option_id mode,
				  uint64_t allowed)
{
	uint64_t others = options->given & ~(allowed | OPTIONS_GLOBAL);

	if (!option_given(options, mode) || others == 0)
		return CODE_DONE;
	log_error("setup: --%s does not go with --%s: its answers are those that setup was given",
		  option_specs[__builtin_ctzll(others)].name, option_specs[mode].name);
	return CODE_USAGE;
}

static int setup_run(struct invocation *invocation)
{
	const struct options *options = invocation->options;
	enum exit_code code = check_alone(options, OPTION_CONTINUE, CONTINUE_OPTIONS);

	if (code == CODE_DONE)
		code = check_alone(options, OPTION_UNDO, UNDO_OPTIONS);
	if (code == CODE_DONE && !option_given(options, OPTION_DRY_RUN))
		code = require_root("setup");
	if (code != CODE_DONE)
		return code;
	if (option_given(options, OPTION_CONTINUE))
		return setup_continue(invocation);
	return option_given(options, OPTION_UNDO) ? setup_undo(invocation) : setup_begin(invocation);
}

const struct cmd cmd_setup = {
	.name = "setup",
	.arguments = "",
	.summary = "get this host ready for a guest with a GPU, step by step",
	.details =
		"Ask which GPU the guest is to have, show where it is and what speaks against it, and then "
		"write what is needed, each only with consent: a claim, so that vfio-pci has the card from "
		"the boot on; the word that the kernel lacks for its IOMMU, in the file of GRUB or of "
		"systemd-boot; a guest file, from a template. Then make the initramfs and the boot "
		"loader's menu anew. Every question can be answered by an option; where nobody can be "
		"asked, an answer that is missing is wrong usage. q at any question ends it with nothing "
		"changed. --dry-run prints all changes as a unified diff.\n\n"
		"The kernel is told no more than what it lacks: intel_iommu=on, where the IOMMU of an "
		"Intel host is there and not used, or does not cover its integrated GPU. AMD's need "
		"nothing. A boot loader's file that is not understood with certainty is left alone, and "
		"setup says what to add; so it does on hosts that make their boot loader's settings from "
		"something else.\n\n"
		"A file that is changed keeps its owner and mode, and a copy of what it was stays beside "
		"it, FILE" SETUP_BACKUP_SUFFIX ".\n\n"
		"After the reboot setup --continue says whether all came about, and what to do where it did "
		"not: exit status 0 or 3. Where setup was cut short, it first does the rest.\n\n"
		"setup --undo puts back, in reverse, every file that is still as setup wrote it, says which was "
		"edited since, and makes initramfs and menu anew.",
	.more_help = setup_help_questions,
	.max_args = 0,
	.options = OPTION_BIT(OPTION_GPU) | OPTION_BIT(OPTION_ALLOW) | OPTION_BIT(OPTION_BOOT_LOADER) |
		   OPTION_BIT(OPTION_UPDATE_INITRAMFS) | OPTION_BIT(OPTION_GUEST) |
		   OPTION_BIT(OPTION_TEMPLATE) | OPTION_BIT(OPTION_YES) | OPTION_BIT(OPTION_DRY_RUN) |
		   OPTION_BIT(OPTION_CONTINUE) | OPTION_BIT(OPTION_UNDO) | OPTION_BIT(OPTION_TIMEOUT),
	.writes = true,
	.run = setup_run,
};
