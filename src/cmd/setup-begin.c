/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "apply/claim-file.h"
#include "apply/setup-files.h"
#include "base/alloc.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "cmd/setup.h"
#include "host/initramfs.h"
#include "host/names.h"
#include "report/diff.h"
#include "report/group-picture.h"
#include "report/text.h"

/* One setup at a time: its record says what --undo has to do. */
static enum exit_code check_first(struct invocation *invocation)
{
	struct setup_record record;
	struct error err;
	int r = setup_record_read(&invocation->root, &record, &err);

	if (r < 0)
		return fail(&err, CODE_FAILED);
	if (r == 0)
		return CODE_DONE;
	log_error("setup: there is one already, for %s: go on with   vfioadm setup --continue   or take "
		  "it back with   vfioadm setup --undo", record.gpu);
	setup_record_release(&record);
	return CODE_FAILED;
}

static const struct pci_function *gpu_of(const struct setup *setup)
{
	return pci_functions_find(&setup->change.host.functions, setup->claim.address);
}

/* All is on standard error: standard output is for the diff of --dry-run. */
static void show(const struct setup *setup)
{
	const struct finding_list *findings = &setup->change.findings;
	bool color = setup->invocation->options->color_stderr;
	struct finding_list telling = *findings;
	size_t more;

	while (telling.count > 0 &&
	       finding_kinds[telling.items[telling.count - 1].id].severity == SEVERITY_INFO)
		telling.count--;
	fputc('\n', stderr);
	text_group_picture(stderr, &setup->change.host, &setup->change.targets, gpu_of(setup));
	fputc('\n', stderr);
	text_findings(stderr, &telling, color);
	more = findings->count - telling.count;
	if (more > 0)
		fprintf(stderr, "(%zu more note%s: vfioadm check %s)\n", more, more == 1 ? "" : "s",
			pci_addr_text(setup->claim.address).text);
}

static enum exit_code ask_all(struct setup *setup)
{
	const struct options *options = setup->invocation->options;
	enum exit_code code = setup_choose_gpu(setup);

	if (code != CODE_DONE)
		return code;
	for (size_t i = 0; i < options->allow.count; i++)
		strv_add(&setup->allow, options->allow.items[i]);
	code = claim_propose(&setup->change, NULL, &setup->claim, &setup->comment);
	if (code != CODE_DONE)
		return code;
	show(setup);
	code = setup_accept_boot_gpu(setup);
	if (code == CODE_DONE)
		code = claim_judge(&setup->change, &setup->claim, &setup->allow, "setup",
				   &setup->claimed);
	if (code == CODE_DONE)
		code = setup_choose_boot_loader(setup);
	if (code == CODE_DONE)
		code = setup_choose_initramfs(setup);
	if (code == CODE_DONE)
		code = setup_choose_guest(setup);
	return code;
}

static enum exit_code plan(const struct setup *setup, struct setup_plan *ret)
{
	const struct host_root *root = &setup->invocation->root;
	_cleanup_free_ char *claim_path =
		xasprintf(NAME_CLAIMS_DIR "/%s" CONFIG_SUFFIX, setup->claim.name);
	_cleanup_free_ char *claim_text = claim_file_text(&setup->claim, setup->comment);
	_cleanup_free_ char *guest_path = setup->guest ? setup_guest_path(setup->guest) : NULL;
	_cleanup_free_ char *guest_text = NULL;
	struct setup_wishes wishes = {
		.claim_path = claim_path,
		.claim_text = setup->claimed ? NULL : claim_text,
		.guest_path = guest_path,
		.word = setup->edit_boot_loader ? setup->word : NULL,
		.boot = &setup->boot,
		.initramfs = setup->update_initramfs ? initramfs_command(initramfs_kind(root)) : NULL,
	};
	struct error err;

	if (setup->guest)
		guest_text = guest_template_fill(setup->tmpl, &setup->change.targets, setup->guest);
	wishes.guest_text = guest_text;
	return setup_plan_make(&wishes, ret, &err) < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
}

void setup_print_commands(FILE *out, const struct setup_plan *plan)
{
	for (size_t i = 0; i < plan->command_count; i++) {
		if (plan->commands[i].done)
			continue;
		fputs("would run: ", out);
		text_command_line(out, &plan->commands[i].argv);
	}
}

static void print_plan(FILE *out, const struct setup_plan *plan)
{
	for (size_t i = 0; i < plan->file_count; i++)
		text_diff(out, plan->files[i].path, plan->files[i].before, plan->files[i].after);
	setup_print_commands(out, plan);
}

static void say_next(const struct setup_plan *plan)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		const struct file_change *file = &plan->files[i];

		printf("%s: %s%s%s\n", file->path, file->before ? "changed; as it was: " : "written",
		       file->before ? file->path : "", file->before ? SETUP_BACKUP_SUFFIX : "");
	}
	printf("\nNext: %sreboot, then   vfioadm setup --continue\n"
	       "If the screen stays black then: add vfioadm.claim=off to the kernel command line in "
	       "the\nboot loader's menu. vfioadm setup --undo takes all back.\n",
	       setup_plan_find(plan, SETUP_GUEST) ? "correct the guest file, " : "");
}

/* The plan becomes the record's. */
static enum exit_code carry_out(struct setup *setup, struct setup_plan *plan_made)
{
	struct setup_record record = {
		.plan = *plan_made,
		.gpu = xstrdup(pci_addr_text(setup->claim.address).text),
		.guest = xstrdup(setup->guest),
		.word = xstrdup(setup->word),
		.boot_id = setup_boot_id(&setup->invocation->root),
	};
	enum exit_code code = setup_write_files(setup->invocation, &record, true);

	*plan_made = (struct setup_plan){ 0 };
	if (code == CODE_DONE)
		code = setup_run_commands(setup->invocation, &record);
	if (code == CODE_DONE && setup->update_initramfs)
		claim_say_ran(&setup->invocation->root);
	if (code == CODE_DONE)
		say_next(&record.plan);
	setup_record_release(&record);
	return code;
}

static enum exit_code finish(struct setup *setup, struct setup_plan *plan_made)
{
	const struct options *options = setup->invocation->options;
	enum exit_code code;
	bool confirmed;

	if (plan_made->file_count == 0 && plan_made->command_count == 0) {
		log_info("nothing to do: all files are as they have to be");
		return CODE_DONE;
	}
	if (option_given(options, OPTION_DRY_RUN)) {
		print_plan(stdout, plan_made);
		return CODE_DONE;
	}
	fputc('\n', stderr);
	print_plan(stderr, plan_made);
	code = setup_confirm(options, &confirmed);
	if (code == CODE_DONE && !confirmed) {
		log_error("setup: stopped; nothing was changed");
		code = CODE_FAILED;
	}
	return code == CODE_DONE ? carry_out(setup, plan_made) : code;
}

enum exit_code setup_begin(struct invocation *invocation)
{
	struct setup setup = { .invocation = invocation };
	struct setup_plan plan_made = { 0 };
	enum exit_code code = check_first(invocation);

	if (code == CODE_DONE)
		code = ask_all(&setup);
	if (code == CODE_DONE)
		code = plan(&setup, &plan_made);
	if (code == CODE_DONE)
		code = finish(&setup, &plan_made);
	setup_plan_release(&plan_made);
	boot_file_release(&setup.boot);
	strv_release(&setup.allow);
	free(setup.claim.name);
	free(setup.comment);
	free(setup.guest);
	change_release(&setup.change);
	return code;
}
