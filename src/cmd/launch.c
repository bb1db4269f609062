/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/launch.h"

#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/guest-return.h"
#include "cmd/help.h"
#include "cmd/session.h"
#include "host/config-file.h"
#include "host/names.h"
#include "launch/pinning.h"
#include "launch/preflight.h"
#include "launch/qemu-control.h"
#include "report/text.h"

static enum exit_code no_such_guest(const char *path, const struct host_root *root)
{
	_cleanup_(strv_release) struct strv names = { 0 };
	_cleanup_free_ char *list = NULL;

	guest_file_names(root, &names);
	if (names.count > 0) {
		list = strv_join((const char *const *)names.items, ", ");
		log_error("%s: there is no such guest; there are: %s", path, list);
	} else {
		log_error("%s: there is no guest yet: vfioadm setup writes one; examples are in "
			  NAME_EXAMPLES_DIR, path);
	}
	return CODE_USAGE;
}

static enum exit_code load(struct launch *launch, struct invocation *invocation)
{
	static const struct error both = {
		.msg = "--detach and --exec: one stays with the guest, the other does not: say one",
	};
	_cleanup_free_ char *path = guest_file_path(invocation->args[0]);
	struct error err;

	if (option_given(invocation->options, OPTION_DETACH) &&
	    option_given(invocation->options, OPTION_EXEC))
		return fail(&both, CODE_USAGE);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return no_such_guest(path, &invocation->root);
	if (!option_given(invocation->options, OPTION_DRY_RUN) &&
	    config_file_trusted(AT_FDCWD, path, "QEMU", &err) < 0)
		return fail_unread(&err);
	if (guest_load(AT_FDCWD, path, &launch->guest, &err) < 0)
		return fail_unread(&err);
	if (option_given(invocation->options, OPTION_EXEC) && pinning_wanted(&launch->guest)) {
		error_set(&err, -EINVAL, "%s: --exec: nobody would be there to pin QEMU's threads: "
			  "leave out --exec, or pin=, emulator-pin= and iothread-pin=",
			  launch->guest.file);
		return fail(&err, CODE_USAGE);
	}
	return CODE_DONE;
}

static void find_user(struct launch *launch, const struct host_root *root)
{
	struct error err;

	if (qemu_user_find(launch->guest.board.user, &launch->user, &err) < 0)
		strv_add(&launch->qemu.problems, err.msg);
	else
		launch_plan_lending(launch, root);
}

/* Before a look at the host, which would only find that the guest's own QEMU holds the devices. */
static enum exit_code take_guest(struct launch *launch, struct invocation *invocation)
{
	enum exit_code code = require_root("launch");
	struct error err;

	if (code != CODE_DONE)
		return code;
	if (guest_dir_open(&invocation->root, launch->guest.name, &launch->dir, &err) < 0 ||
	    guest_dir_check_free(&launch->dir, &invocation->root, &err) < 0)
		return fail(&err, CODE_FAILED);
	guest_end_backends(&launch->dir, &invocation->root);
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

static void put_argv(const struct strv *argv, struct json_object *object)
{
	struct json_object *array = json_put_array(object, "argv");

	for (size_t i = 0; i < argv->count; i++)
		json_add_string(array, argv->items[i]);
}

static void print_json(const struct launch *launch)
{
	struct json_object *document = json_document(), *array;

	put_argv(&launch->qemu.argv, document);
	array = json_put_array(document, "backends");
	for (size_t i = 0; i < launch->qemu.backends.count; i++) {
		struct json_object *object = json_add_object(array);

		json_put_string(object, "name", launch->qemu.backends.items[i].name);
		put_argv(&launch->qemu.backends.items[i].argv, object);
	}
	json_put_plan(document, &launch->change.plan);
	json_put_findings(document, &launch->change.findings);
	array = json_put_array(document, "files");
	launch_files_json(launch, array);
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
		text_findings(stderr, &launch->change.findings, options->color_stderr);
		if (option_given(options, OPTION_DRY_RUN)) {
			text_plan(stdout, &launch->change.plan);
			for (size_t i = 0; i < launch->qemu.backends.count; i++)
				text_command(stdout, &launch->qemu.backends.items[i].argv);
			launch_files_text(launch);
			text_command(stdout, &launch->qemu.argv);
		}
	}
	for (size_t i = 0; i < launch->qemu.problems.count; i++)
		log_error("%s", launch->qemu.problems.items[i]);
	fflush(stdout);
}

static int launch_run_verb(struct invocation *invocation)
{
	struct launch launch = { .dir = GUEST_DIR_CLOSED };
	bool dry_run = option_given(invocation->options, OPTION_DRY_RUN);
	int code = load(&launch, invocation);

	if (code == CODE_DONE && !dry_run)
		code = take_guest(&launch, invocation);
	if (code == CODE_DONE) {
		launch_prepare(&launch.guest, &launch.qemu);
		qemu_argv_control(&launch.guest, &launch.qemu.caps, &launch.qemu.argv);
		code = prepare_change(&launch, invocation);
		find_user(&launch, &invocation->root);
		print(&launch, invocation->options);
		if (launch.qemu.problems.count > 0)
			code = CODE_FAILED;
		if (code == CODE_BLOCKED)
			log_error("%s: refused for the reasons above; nothing was changed",
				  launch.guest.name);
		else if (code == CODE_DONE && !dry_run)
			code = launch_live(&launch, invocation);
	}
	guest_dir_close(&launch.dir);
	qemu_user_release(&launch.user);
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
		"what would be done and QEMU's command line, on any machine.\n\n"
		"SIGTERM, SIGINT, SIGHUP or SIGQUIT asks the guest to power off, as its power button "
		"would. QEMU is told to quit after --stop-timeout seconds or at the next such signal, "
		"but for SIGHUP, which a terminal that closes sends more than once; it is killed if it "
		"then takes more than 15 seconds. When vfioadm itself is killed, QEMU goes on; vfioadm "
		"status names it, and vfioadm recover gives the devices back once it is gone, never "
		"before.\n\n"
		"With --detach vfioadm returns when the guest runs; what it and QEMU say from then on is "
		"in " NAME_LOG_DIR "/NAME.log. With --exec it becomes QEMU: whoever supervises that has "
		"to run vfioadm recover at its end, and a guest whose threads are pinned is refused. The "
		"programs that serve [tpm] and [share] are started first and end with QEMU, in each of "
		"these ways. The unit vfioadm-guest@NAME.service runs the guest NAME at boot.",
	.more_help = help_guest_keys,
	.min_args = 1,
	.max_args = 1,
	.options = OPTION_BIT(OPTION_GROUP) | OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_JSON) |
		   OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_STOP_TIMEOUT) | OPTION_BIT(OPTION_ALLOW) |
		   OPTION_BIT(OPTION_DETACH) | OPTION_BIT(OPTION_EXEC),
	.writes = true,
	.run = launch_run_verb,
};
