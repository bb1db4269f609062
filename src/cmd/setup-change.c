/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "apply/setup-files.h"
#include "base/command.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "cmd/setup.h"

/*
 * In reverse, whatever was written, be it with an error. CODE_FAILED: nothing was; CODE_UNDONE, or
 * CODE_STUCK.
 */
static enum exit_code put_back(const struct host_root *root, const struct setup_plan *plan)
{
	enum exit_code code = CODE_FAILED;
	struct error err;

	for (size_t i = plan->file_count; i-- > 0;) {
		_cleanup_free_ char *text = NULL;

		if (setup_file_read(root, plan->files[i].path, &text, &err) == 0) {
			if (file_change_standing(&plan->files[i], text) != FILE_AS_AFTER)
				continue;
			if (setup_file_restore(root, &plan->files[i], FILE_AS_AFTER, &err) == 0) {
				code = code == CODE_STUCK ? code : CODE_UNDONE;
				continue;
			}
		}
		code = fail(&err, CODE_STUCK);
	}
	return code;
}

/* A new setup is all or nothing. */
static enum exit_code give_up(const struct host_root *root, const struct setup_record *record,
			      const struct error *why)
{
	enum exit_code code = put_back(root, &record->plan);
	struct error err;

	log_error("setup: %s; %s", why->msg, code == CODE_STUCK
		  ? "not everything could be put back: see above, then   vfioadm setup --undo"
		  : code == CODE_UNDONE ? "everything was put back" : "nothing was changed");
	if (code != CODE_STUCK && setup_record_remove(root, &err) < 0)
		code = fail(&err, CODE_STUCK);
	return code;
}

static int write_rest(const struct host_root *root, const struct setup_plan *plan,
		      struct error *err)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		_cleanup_free_ char *text = NULL;
		int r = setup_file_read(root, plan->files[i].path, &text, err);

		if (r == 0 && file_change_standing(&plan->files[i], text) == FILE_AS_BEFORE)
			r = setup_file_write(root, &plan->files[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

enum exit_code setup_write_files(struct invocation *invocation, const struct setup_record *record,
				 bool anew)
{
	const struct host_root *root = &invocation->root;
	struct session session;
	struct error err;
	enum exit_code code = session_begin_within(&session, invocation, "setup",
						   (int)invocation->options->timeout_ms);

	if (code != CODE_DONE)
		return code;
	if ((anew && setup_record_write(root, record, &err) < 0) ||
	    write_rest(root, &record->plan, &err) < 0)
		code = anew ? give_up(root, record, &err) : fail(&err, CODE_FAILED);
	if (claim_renew_marks(&session, &err) < 0)
		code = fail(&err, code == CODE_DONE ? CODE_STUCK : code);
	session_end(&session);
	return code;
}

enum exit_code setup_run_commands(struct invocation *invocation, struct setup_record *record)
{
	for (size_t i = 0; i < record->plan.command_count; i++) {
		struct setup_command *command = &record->plan.commands[i];
		struct error err;
		int status;

		if (command->done)
			continue;
		log_info("running %s, which can take minutes", command->argv.items[0]);
		fflush(stdout);
		status = command_run((const char *const *)command->argv.items, &err);
		if (status > 0)
			error_set(&err, -1, "%s: ended with status %d", command->argv.items[0], status);
		if (status != 0) {
			log_error("setup: %s; the files stay as they are: see to it, then   vfioadm setup "
				  "%s%s", err.msg, record->undoing ? "--undo   again" : "--continue",
				  record->undoing ? "" : "   or   vfioadm setup --undo");
			return CODE_STUCK;
		}
		command->done = true;
		if (setup_record_write(&invocation->root, record, &err) < 0)
			return fail(&err, CODE_STUCK);
	}
	return CODE_DONE;
}
