/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/setup-files.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "cmd/setup.h"
#include "report/diff.h"

/* Where a file stands now; FILE_OTHERWISE, too, where it cannot be read. */
static enum file_standing look(const struct host_root *root, const struct file_change *change)
{
	_cleanup_free_ char *text = NULL;
	struct error err;

	if (setup_file_read(root, change->path, &text, &err) < 0) {
		log_error("%s", err.msg);
		return FILE_OTHERWISE;
	}
	return file_change_standing(change, text);
}

static void print_undo(FILE *out, const struct host_root *root, struct setup_plan *plan)
{
	for (size_t i = plan->file_count; i-- > 0;) {
		const struct file_change *change = &plan->files[i];
		enum file_standing standing = look(root, change);

		if (standing == FILE_AS_AFTER)
			text_diff(out, change->path, change->after, change->before);
		else if (standing == FILE_OTHERWISE)
			log_info("%s: was edited since setup wrote it, and would be left as it is",
				 change->path);
	}
	setup_print_commands(out, plan);
}

/* What a guest file says is the user's work; of the others it matters that the change stays in. */
static enum exit_code say_edited(const struct file_change *change)
{
	if (change->part == SETUP_GUEST) {
		log_info("%s: was edited since setup wrote it, and stays", change->path);
		return CODE_DONE;
	}
	log_error("%s: was edited since setup wrote it, and is left as it is: take out yourself what "
		  "setup has put in%s%s%s", change->path, change->before ? "; as it was before: " : "",
		  change->before ? change->path : "", change->before ? SETUP_BACKUP_SUFFIX : "");
	return CODE_STUCK;
}

static enum exit_code restore(const struct host_root *root, const struct setup_plan *plan)
{
	enum exit_code code = CODE_DONE;

	for (size_t i = plan->file_count; i-- > 0;) {
		const struct file_change *change = &plan->files[i];
		enum file_standing standing = look(root, change);
		struct error err;

		if (standing == FILE_OTHERWISE) {
			if (say_edited(change) != CODE_DONE)
				code = CODE_STUCK;
		} else if (setup_file_restore(root, change, standing, &err) < 0) {
			code = fail(&err, CODE_STUCK);
		} else if (standing == FILE_AS_AFTER) {
			printf("%s: %s\n", change->path,
			       change->before ? "is as it was" : "removed");
		}
	}
	return code;
}

/* The record says that it has begun before anything is undone. */
static enum exit_code restore_files(struct invocation *invocation, struct setup_record *record)
{
	struct session session;
	struct error err;
	enum exit_code code = session_begin_within(&session, invocation, "setup --undo",
						   (int)invocation->options->timeout_ms);

	if (code != CODE_DONE)
		return code;
	record->undoing = true;
	if (setup_record_write(&invocation->root, record, &err) < 0) {
		code = fail(&err, CODE_FAILED);
	} else {
		code = restore(&invocation->root, &record->plan);
		if (claim_renew_marks(&session, &err) < 0)
			code = fail(&err, CODE_STUCK);
	}
	session_end(&session);
	return code;
}

static enum exit_code undo(struct invocation *invocation, struct setup_record *record)
{
	enum exit_code code = restore_files(invocation, record), ran;
	struct error err;

	if (code == CODE_FAILED)
		return code;
	ran = setup_run_commands(invocation, record);
	if (ran != CODE_DONE)
		return ran;
	if (setup_record_remove(&invocation->root, &err) < 0)
		return fail(&err, CODE_STUCK);
	if (setup_plan_find(&record->plan, SETUP_CLAIM) && record->plan.command_count == 0)
		claim_say_next(&invocation->root);
	printf("Next: reboot, and the host's driver has %s again; or at once:   vfioadm unbind %s\n",
	       record->gpu, record->gpu);
	return code;
}

static enum exit_code confirm_and_undo(struct invocation *invocation, struct setup_record *record)
{
	const struct options *options = invocation->options;
	enum exit_code code;
	bool confirmed;

	/* All of them again, for what is undone, too. */
	for (size_t i = 0; i < record->plan.command_count; i++)
		record->plan.commands[i].done = false;
	if (option_given(options, OPTION_DRY_RUN)) {
		print_undo(stdout, &invocation->root, &record->plan);
		return CODE_DONE;
	}
	print_undo(stderr, &invocation->root, &record->plan);
	code = setup_confirm(options, &confirmed);
	if (code == CODE_DONE && !confirmed) {
		log_error("setup: stopped; nothing was changed");
		code = CODE_FAILED;
	}
	return code == CODE_DONE ? undo(invocation, record) : code;
}

enum exit_code setup_undo(struct invocation *invocation)
{
	struct setup_record record;
	enum exit_code code;
	struct error err;
	int r = setup_record_read(&invocation->root, &record, &err);

	if (r < 0)
		return fail(&err, CODE_FAILED);
	if (r == 0) {
		log_info("nothing to undo: there is no setup here");
		return CODE_DONE;
	}
	code = confirm_and_undo(invocation, &record);
	setup_record_release(&record);
	return code;
}
