/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/change.h"
#include "cmd/help.h"
#include "cmd/session.h"
#include "launch/preflight.h"
#include "launch/prepare.h"
#include "launch/run.h"
#include "report/text.h"

/* One guest on its way: what its file says, what QEMU will be told, what the host has to do. */
struct launch {
	struct guest guest;
	struct launch_plan qemu;
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

/* A guest without a hostdev asks nothing of the host. */
static enum exit_code prepare_change(struct launch *launch, struct invocation *invocation)
{
	const struct guest *guest = &launch->guest;
	struct strv devices = { 0 };
	enum exit_code code = CODE_DONE;

	for (size_t i = 0; i < guest->hostdev_count; i++)
		if (guest_hostdev_has_address(&guest->hostdevs[i]))
			strv_add(&devices, pci_addr_text(guest->hostdevs[i].address).text);
	if (devices.count > 0)
		code = change_discover(&launch->change, invocation, devices.items, devices.count,
				       COMPANIONS_ALL);
	finding_list_move(&launch->qemu.findings, &launch->change.findings);
	if (devices.count > 0 && code == CODE_DONE)
		code = change_plan(&launch->change, invocation->options, ASSESS_BIND);
	launch_check_roms(guest, &launch->change.host, &launch->change.findings);
	finding_list_sort(&launch->change.findings);
	strv_release(&devices);
	return code;
}

/* A file that QEMU is given open: the device's own, or where the address is null, /dev/iommu. */
static void put_file(const struct vfio_fd *file, struct json_object *object)
{
	json_put_int(object, "fd", file->number);
	json_put_string(object, "address", file->iommu ? NULL : pci_addr_text(file->address).text);
}

static void print_json(const struct launch *launch)
{
	struct json_object *document = json_document(), *array;

	array = json_put_array(document, "argv");
	for (size_t i = 0; i < launch->qemu.argv.count; i++)
		json_add_string(array, launch->qemu.argv.items[i]);
	json_put_plan(document, &launch->change.plan);
	json_put_findings(document, &launch->change.findings);
	array = json_put_array(document, "files");
	for (size_t i = 0; i < launch->qemu.fds.count; i++)
		put_file(&launch->qemu.fds.items[i], json_add_object(array));
	array = json_put_array(document, "problems");
	for (size_t i = 0; i < launch->qemu.problems.count; i++)
		json_add_string(array, launch->qemu.problems.items[i]);
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
			text_command(stdout, &launch->qemu.argv);
		}
	}
	for (size_t i = 0; i < launch->qemu.problems.count; i++)
		log_error("%s", launch->qemu.problems.items[i]);
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
	struct launch_options options = { .memory = launch->guest.board.memory.bytes,
					  .fds = &launch->qemu.fds };
	enum exit_code code, returned;
	struct error err;
	int status = 0;

	if (firmware_make_vars("", &launch->qemu.firmware, &err) < 0)
		return fail(&err, CODE_FAILED);
	code = launch->change.plan.count > 0
		       ? change_apply(&launch->change, invocation, "launch") : CODE_DONE;
	if (code != CODE_DONE)
		return code;
	if (vfio_fds_open(&invocation->root, &launch->qemu.fds, &err) < 0 ||
	    launch_run(&launch->qemu.argv, &options, &status, &err) < 0)
		status = fail(&err, CODE_UNDONE);
	/* A device that is open here cannot be unbound. */
	vfio_fds_close(&launch->qemu.fds);
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
		launch_prepare(&launch.guest, &launch.qemu);
		code = prepare_change(&launch, invocation);
		print(&launch, invocation->options);
		if (launch.qemu.problems.count > 0)
			code = CODE_FAILED;
		if (code == CODE_BLOCKED)
			log_error("%s: refused for the reasons above; nothing was changed",
				  launch.guest.name);
		else if (code == CODE_DONE && !option_given(invocation->options, OPTION_DRY_RUN))
			code = launch_guest(&launch, invocation);
	}
	change_release(&launch.change);
	launch_plan_release(&launch.qemu);
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
