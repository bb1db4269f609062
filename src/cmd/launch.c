/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/change.h"
#include "cmd/help.h"
#include "cmd/session.h"
#include "launch/firmware.h"
#include "launch/preflight.h"
#include "launch/qemu-argv.h"
#include "launch/run.h"
#include "report/text.h"

/* One guest on its way: what its file says, what QEMU will be told, what the host has to do. */
struct launch {
	struct guest guest;
	struct firmware firmware;
	struct strv argv;
	struct strv problems; /* why QEMU could not start, one message each */
	struct change change;
};

static enum exit_code load(struct launch *launch, const struct invocation *invocation)
{
	_cleanup_free_ char *path = guest_file_path(invocation->args[0]);
	struct error err;

	if (!option_given(invocation->options, OPTION_DRY_RUN) &&
	    config_file_trusted(AT_FDCWD, path, "QEMU", &err) < 0)
		return fail(&err, CODE_USAGE);
	if (guest_load(AT_FDCWD, path, &launch->guest, &err) < 0)
		return fail(&err, CODE_USAGE);
	return CODE_DONE;
}

static void prepare_argv(struct launch *launch)
{
	struct qemu_facts facts = { .have_kvm = launch_have_kvm() };
	struct error err;

	if (firmware_resolve("", &launch->guest, &launch->firmware, &err) < 0)
		strv_add(&launch->problems, err.msg);
	else
		facts.firmware = &launch->firmware;
	launch_preflight(&launch->guest, facts.firmware, &launch->problems);
	qemu_argv(&launch->guest, &facts, &launch->argv);
}

/* A guest without a hostdev asks nothing of the host. */
static enum exit_code prepare_change(struct launch *launch, struct invocation *invocation)
{
	const struct guest *guest = &launch->guest;
	struct strv devices = { 0 };
	enum exit_code code = CODE_DONE;

	for (size_t i = 0; i < guest->hostdev_count; i++)
		strv_add(&devices, pci_addr_text(guest->hostdevs[i].address).text);
	if (devices.count > 0)
		code = change_discover(&launch->change, invocation, devices.items, devices.count,
				       COMPANIONS_ALL);
	if (devices.count > 0 && code == CODE_DONE)
		code = change_plan(&launch->change, invocation->options, ASSESS_BIND);
	launch_check_roms(guest, &launch->change.host, &launch->change.findings);
	finding_list_sort(&launch->change.findings);
	strv_release(&devices);
	return code;
}

static void print_json(const struct launch *launch)
{
	struct json_object *document = json_document(), *array;

	array = json_put_array(document, "argv");
	for (size_t i = 0; i < launch->argv.count; i++)
		json_add_string(array, launch->argv.items[i]);
	json_put_plan(document, &launch->change.plan);
	json_put_findings(document, &launch->change.findings);
	array = json_put_array(document, "problems");
	for (size_t i = 0; i < launch->problems.count; i++)
		json_add_string(array, launch->problems.items[i]);
	json_print(document, stdout);
	json_free(document);
}

static void print(const struct launch *launch, const struct options *options)
{
	bool json = option_given(options, OPTION_JSON);

	if (json) {
		print_json(launch);
	} else {
		text_findings(stderr, &launch->change.findings, options->color);
		if (option_given(options, OPTION_DRY_RUN)) {
			text_plan(stdout, &launch->change.plan);
			text_command(stdout, &launch->argv);
		}
	}
	for (size_t i = 0; i < launch->problems.count; i++)
		log_error("%s", launch->problems.items[i]);
	fflush(stdout);
}

/* The devices that this launch itself bound go back; those that were bound before stay. */
static enum exit_code give_back(const struct launch *launch, struct invocation *invocation)
{
	const struct step_list *plan = &launch->change.plan;
	struct strv devices = { 0 };
	struct change back = { 0 };
	enum exit_code code = CODE_DONE;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->items[i].kind == STEP_BIND)
			strv_add(&devices, plan->items[i].subject);
	if (devices.count > 0) {
		code = change_discover(&back, invocation, devices.items, devices.count,
				       COMPANIONS_NONE);
		if (code == CODE_DONE)
			code = change_plan(&back, invocation->options, ASSESS_UNBIND);
		text_findings(stderr, &back.findings, invocation->options->color);
		if (code == CODE_DONE)
			code = change_apply(&back, invocation, "launch");
		change_release(&back);
	}
	if (code != CODE_DONE)
		log_error("%s: the devices are not back with their drivers; vfioadm status shows "
			  "them, vfioadm unbind tries again", launch->guest.name);
	strv_release(&devices);
	return code;
}

/* Requests to stop wait until QEMU is there to have them: a card is never left half given. */
static void hold_signals(sigset_t *before)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static int run_guest(struct launch *launch, struct invocation *invocation)
{
	struct launch_options options = { .memory = launch->guest.board.memory.bytes };
	enum exit_code code, returned;
	struct error err;
	int status = 0;

	if (firmware_make_vars("", &launch->firmware, &err) < 0)
		return fail(&err, CODE_FAILED);
	code = launch->change.plan.count > 0
		       ? change_apply(&launch->change, invocation, "launch") : CODE_DONE;
	if (code != CODE_DONE)
		return code;
	if (launch_run(&launch->argv, &options, &status, &err) < 0)
		status = fail(&err, CODE_UNDONE);
	returned = give_back(launch, invocation);
	return returned == CODE_DONE ? status : CODE_STUCK;
}

static int launch_guest(struct launch *launch, struct invocation *invocation)
{
	enum exit_code code = require_root("launch");
	sigset_t before;
	int status;

	if (code != CODE_DONE)
		return code;
	hold_signals(&before);
	status = run_guest(launch, invocation);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

static int launch_run_verb(struct invocation *invocation)
{
	struct launch launch = { 0 };
	int code = load(&launch, invocation);

	if (code == CODE_DONE) {
		prepare_argv(&launch);
		code = prepare_change(&launch, invocation);
		print(&launch, invocation->options);
		if (launch.problems.count > 0)
			code = CODE_FAILED;
		if (code == CODE_BLOCKED)
			log_error("%s: refused for the reasons above; nothing was changed",
				  launch.guest.name);
		else if (code == CODE_DONE && !option_given(invocation->options, OPTION_DRY_RUN))
			code = launch_guest(&launch, invocation);
	}
	change_release(&launch.change);
	strv_release(&launch.problems);
	strv_release(&launch.argv);
	firmware_release(&launch.firmware);
	guest_release(&launch.guest);
	return code;
}

const struct cmd cmd_launch = {
	.name = "launch",
	.arguments = "GUEST",
	.summary = "bind, start the OVMF guest, give the devices back after it",
	.details =
		"Bind the guest's devices, start QEMU, wait for its end and give back those devices "
		"that were not bound before. GUEST is the name of a file in the guests directory, or "
		"a path. Everything is checked before the host gives up a device; --dry-run prints "
		"what would be done and QEMU's command line, on any machine.",
	.more_help = help_guest_keys,
	.min_args = 1,
	.max_args = 1,
	.options = OPTION_BIT(OPTION_GROUP) | OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON) |
		   OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_ALLOW),
	.writes = true,
	.run = launch_run_verb,
};
