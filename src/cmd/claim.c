/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/claim.h"

#include <string.h>

#include "base/log.h"
#include "base/nearest.h"
#include "cmd/help.h"

static const struct action {
	const char *name;
	const char *arguments;
	const char *summary;
	int args;
	uint64_t options;
	bool writes;
	enum exit_code (*run)(struct invocation *invocation);
} actions[] = {
	{ "add", "DEVICE", "claim a device, with the ids that it has now", 1,
	  OPTION_BIT(OPTION_NAME) | OPTION_BIT(OPTION_FUNCTIONS) | OPTION_BIT(OPTION_ALLOW) |
		  OPTION_BIT(OPTION_UPDATE_INITRAMFS) | OPTION_BIT(OPTION_DRY_RUN),
	  true, claim_add },
	{ "remove", "NAME", "end a claim", 1, OPTION_BIT(OPTION_UPDATE_INITRAMFS), true,
	  claim_remove },
	{ "list", "", "show the claims, and where each stands", 0, OPTION_BIT(OPTION_JSON), false,
	  claim_list },
	{ "apply", "", "take what is claimed, now", 0,
	  OPTION_BIT(OPTION_EARLY) | OPTION_BIT(OPTION_UDEV) | OPTION_BIT(OPTION_TIMEOUT), true,
	  claim_apply },
	{ "verify", "", "say which claims were won, and which lost, and to whom", 0,
	  OPTION_BIT(OPTION_JSON), false, claim_verify },
};

static const struct action *find_action(const char *name)
{
	const char *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	nearest = nearest_word(name, &actions[0].name, ARRAY_SIZE(actions), sizeof(actions[0]));
	log_error("claim %s: no such action: %s%s", name, nearest ? "did you mean " : "say ",
		  nearest ? nearest : "add, remove, list, apply or verify");
	return NULL;
}

static enum exit_code check_usage(const struct action *action, const struct invocation *invocation)
{
	uint64_t unknown = invocation->options->given & ~(action->options | OPTIONS_GLOBAL);
	int args = invocation->arg_count - 1;

	if (unknown) {
		log_error("claim %s: it has no option --%s; see vfioadm claim --help", action->name,
			  option_specs[__builtin_ctzll(unknown)].name);
		return CODE_USAGE;
	}
	if (args != action->args) {
		log_error("claim %s: %s; usage: vfioadm claim %s%s%s", action->name,
			  args < action->args ? "something is missing" : "that is too much",
			  action->name, *action->arguments ? " " : "", action->arguments);
		return CODE_USAGE;
	}
	if (action->writes && !invocation->root.live &&
	    !option_given(invocation->options, OPTION_DRY_RUN)) {
		log_error("claim %s: --root is only for looking: it cannot change another host's "
			  "tree", action->name);
		return CODE_USAGE;
	}
	return CODE_DONE;
}

static int claim_run(struct invocation *invocation)
{
	const struct action *action = find_action(invocation->args[0]);
	enum exit_code code = action ? check_usage(action, invocation) : CODE_USAGE;

	return code == CODE_DONE ? action->run(invocation) : code;
}

static void more_help(FILE *out)
{
	fputs("\nActions:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		fprintf(out, "  %-7s%-7s %s\n", actions[i].name, actions[i].arguments,
			actions[i].summary);
	help_claim_keys(out);
}

const struct cmd cmd_claim = {
	.name = "claim",
	.arguments = "add|remove|list|apply|verify",
	.summary = "devices that vfio-pci is to have from the boot on",
	.details =
		"A claim keeps a device from the host's drivers from the boot on: in the initramfs, "
		"before any of them is loaded, and when it is plugged in.\n\n"
		"claim add DEVICE writes it down, with the device's ids, which guard against an "
		"address that moves, and says what to run so that the initramfs knows. Of the "
		"findings that block, it refuses those that would harm the host at its next boot. "
		"--allow boot-gpu is written down, too; without that the boot GPU is never claimed.\n\n"
		"claim remove NAME ends it; what it took stays until unbind or a reboot. claim list "
		"shows all.\n\n"
		"claim apply takes at once what is claimed, as bind would: an override is written "
		"for everything before anything is loaded or bound. What only hinders a guest, such as "
		"the IOMMU group, does not stop a claim. With --early it needs neither udev nor any "
		"process, writes its findings to the kernel log as well, waits at most 5 seconds for "
		"any driver, and always succeeds. With --udev it is for one uevent.\n\n"
		"claim verify exits with 0 when all are won, or vfioadm.claim=off is on the kernel "
		"command line, and with 3 when one is lost, its device is absent or has other ids, or "
		"a claim file is in error.",
	.more_help = more_help,
	.min_args = 1,
	.max_args = 2,
	.options = OPTION_BIT(OPTION_NAME) | OPTION_BIT(OPTION_FUNCTIONS) |
		   OPTION_BIT(OPTION_ALLOW) | OPTION_BIT(OPTION_UPDATE_INITRAMFS) |
		   OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON) |
		   OPTION_BIT(OPTION_EARLY) | OPTION_BIT(OPTION_UDEV) | OPTION_BIT(OPTION_TIMEOUT),
	.run = claim_run,
};
