/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "apply/setup-files.h"
#include "base/log.h"
#include "cmd/session.h"
#include "cmd/setup.h"
#include "report/diff.h"

/* What is still to be done of a setup that was cut short. */
struct rest {
	bool files, commands;
};

/* Says what was edited since: that is the user's now. The guest file is there to be edited. */
static enum exit_code find_rest(const struct host_root *root, const struct setup_plan *plan,
				struct rest *ret)
{
	*ret = (struct rest){ 0 };
	for (size_t i = 0; i < plan->file_count; i++) {
		_cleanup_free_ char *text = NULL;
		struct error err;

		if (setup_file_read(root, plan->files[i].path, &text, &err) < 0)
			return fail(&err, CODE_FAILED);
		switch (file_change_standing(&plan->files[i], text)) {
		case FILE_AS_BEFORE:
			ret->files = true;
			break;
		case FILE_OTHERWISE:
			if (&plan->files[i] != setup_plan_find(plan, SETUP_GUEST))
				log_info("%s: was edited since setup wrote it, and is left as it is",
					 plan->files[i].path);
			break;
		case FILE_AS_AFTER:
			break;
		}
	}
	for (size_t i = 0; i < plan->command_count; i++)
		ret->commands |= !plan->commands[i].done;
	return CODE_DONE;
}

static void print_rest(const struct host_root *root, const struct setup_plan *plan)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		_cleanup_free_ char *text = NULL;
		struct error err;

		if (setup_file_read(root, plan->files[i].path, &text, &err) == 0 &&
		    file_change_standing(&plan->files[i], text) == FILE_AS_BEFORE)
			text_diff(stdout, plan->files[i].path, text, plan->files[i].after);
	}
	setup_print_commands(stdout, plan);
}

static enum exit_code finish(struct invocation *invocation, struct setup_record *record)
{
	enum exit_code code;

	log_info("setup was cut short: this is the rest of it");
	if (option_given(invocation->options, OPTION_DRY_RUN)) {
		print_rest(&invocation->root, &record->plan);
		return CODE_DONE;
	}
	code = setup_write_files(invocation, record, false);
	if (code == CODE_DONE)
		code = setup_run_commands(invocation, record);
	if (code == CODE_DONE)
		printf("Next: reboot, then   vfioadm setup --continue\n");
	return code;
}

static bool same_boot(const struct host_root *root, const struct setup_record *record)
{
	_cleanup_free_ char *now = setup_boot_id(root);

	return now && record->boot_id && strcmp(now, record->boot_id) == 0;
}

static enum exit_code go_on(struct invocation *invocation, struct setup_record *record)
{
	struct rest rest;
	enum exit_code code;

	if (record->undoing) {
		log_error("setup: --undo was begun and cut short: run   vfioadm setup --undo   again");
		return CODE_FAILED;
	}
	code = find_rest(&invocation->root, &record->plan, &rest);
	if (code != CODE_DONE)
		return code;
	if (rest.files || rest.commands)
		return finish(invocation, record);
	if (same_boot(&invocation->root, record)) {
		log_error("setup: this host has not been booted since: reboot, then   vfioadm setup "
			  "--continue");
		return CODE_FAILED;
	}
	return setup_verify(invocation, record);
}

enum exit_code setup_continue(struct invocation *invocation)
{
	struct setup_record record;
	enum exit_code code;
	struct error err;
	int r = setup_record_read(&invocation->root, &record, &err);

	if (r < 0)
		return fail(&err, CODE_FAILED);
	if (r == 0) {
		log_error("setup: --continue: none has been begun here: vfioadm setup begins one");
		return CODE_FAILED;
	}
	code = go_on(invocation, &record);
	setup_record_release(&record);
	return code;
}
