/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"
#include "cmd/change.h"
#include "report/text.h"

static void print_json(const struct change *change, const char *result)
{
	struct json_object *document = json_document();

	json_put_findings(document, &change->findings);
	json_put_plan(document, &change->plan);
	json_put_string(document, "result", result);
	json_print(document, stdout);
	json_free(document);
}

/* One line a device that was moved, from the plan that is now done. */
static void print_result(const struct change *change)
{
	if (change->plan.count == 0)
		log_info("nothing to do");
	for (size_t i = 0; i < change->plan.count; i++)
		if (change->plan.items[i].kind == STEP_BIND)
			printf("%s: %s\n", change->plan.items[i].subject, change->plan.items[i].to);
		else if (change->plan.items[i].kind == STEP_PROBE)
			printf("%s: left to the driver that the kernel chooses\n",
			       change->plan.items[i].subject);
	for (size_t i = 0; i < change->plan.count; i++)
		if (change->plan.items[i].kind == STEP_FORGET && *change->plan.items[i].held.claim)
			log_info("%s: the claim %s takes it again at the next boot; vfioadm claim "
				 "remove %s ends that", change->plan.items[i].subject,
				 change->plan.items[i].held.claim,
				 change->plan.items[i].held.claim);
}

static enum exit_code change_run(struct invocation *invocation, enum assess_purpose purpose,
				 const char *verb)
{
	const struct options *options = invocation->options;
	bool json = option_given(options, OPTION_JSON);
	bool dry_run = option_given(options, OPTION_DRY_RUN);
	struct change change;
	enum exit_code code;

	code = change_discover(&change, invocation, invocation->args,
			       (size_t)invocation->arg_count,
			       purpose == ASSESS_BIND ? COMPANIONS_ALL : COMPANIONS_HELD);
	if (code == CODE_DONE) {
		code = change_plan(&change, options, purpose);
		if (!json)
			text_findings(stderr, &change.findings, options->color_stderr);
		if (code == CODE_DONE && dry_run && !json)
			text_plan(stdout, &change.plan);
		if (code == CODE_DONE && !dry_run && change.plan.count > 0)
			code = change_apply(&change, invocation, verb);
		if (json)
			print_json(&change,
				   exit_code_result(code, change.plan.count == 0, dry_run));
		else if (code == CODE_DONE && (!dry_run || change.plan.count == 0))
			print_result(&change);
		else if (code == CODE_BLOCKED)
			log_error("%s: refused for the reasons above; nothing was changed", verb);
	}
	change_release(&change);
	return code;
}

static int bind_run(struct invocation *invocation)
{
	return change_run(invocation, ASSESS_BIND, "bind");
}

static int unbind_run(struct invocation *invocation)
{
	return change_run(invocation, ASSESS_UNBIND, "unbind");
}

const struct cmd cmd_bind = {
	.name = "bind",
	.arguments = "DEVICE...",
	.summary = "take devices from their drivers and bind them to vfio-pci",
	.details =
		"Load the vfio modules and bind the devices to vfio-pci by driver_override. The other "
		"functions of a GPU's slot go along. Everything is checked before the first write; "
		"each change is journalled and verified, and when one fails all are undone in "
		"reverse; only modules that were loaded stay loaded. Devices that are bound already "
		"are left as they are. From a card that the host's screen is on, which has to be "
		"allowed, first the kernel's text console and the firmware's frame buffer are "
		"released; what of them unbind cannot give back is said before.",
	.min_args = 1,
	.max_args = -1,
	.options = OPTION_BIT(OPTION_GROUP) | OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON) |
		   OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_ALLOW),
	.writes = true,
	.run = bind_run,
};

const struct cmd cmd_unbind = {
	.name = "unbind",
	.arguments = "DEVICE...",
	.summary = "give devices back to the drivers they had",
	.details = "Give the devices back to the driver that each had when vfioadm bound it, and put "
		   "back the driver_override that was found. Functions of a GPU's slot that were taken "
		   "along go back with it, and what bind released of the host's screen as far as the "
		   "kernel allows it. A device that vfioadm does not hold is left as it is. --reset "
		   "is for drivers that cannot start on a card as a guest has left it; it is refused "
		   "for a card that the kernel cannot reset.",
	.min_args = 1,
	.max_args = -1,
	.options = OPTION_BIT(OPTION_RESET) | OPTION_BIT(OPTION_DRY_RUN) |
		   OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_ALLOW),
	.writes = true,
	.run = unbind_run,
};
