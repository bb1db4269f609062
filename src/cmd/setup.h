/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/setup-record.h"
#include "cmd/change.h"
#include "host/claims.h"
#include "launch/guest-template.h"

/* One run of vfioadm setup, from the first question to the plan. */
struct setup {
	struct invocation *invocation;
	struct change change; /* the GPU and its companions, and what speaks against them */
	struct claim claim;
	char *comment; /* for the claim's file */
	bool claimed;  /* there is such a claim already */
	struct strv allow;
	struct boot_file boot;
	const char *word; /* that the kernel lacks; NULL: none */
	bool edit_boot_loader, update_initramfs;
	char *guest; /* NULL: no guest file */
	const struct guest_template *tmpl;
};

/* The steps of it. Each is answered by options or asks; CODE_DONE, or what to exit with. */
enum exit_code setup_choose_gpu(struct setup *setup);
enum exit_code setup_accept_boot_gpu(struct setup *setup);
enum exit_code setup_choose_boot_loader(struct setup *setup);
enum exit_code setup_choose_initramfs(struct setup *setup);
enum exit_code setup_choose_guest(struct setup *setup);

/* The last question of all, unless --yes; *ret: it is to be done. */
enum exit_code setup_confirm(const struct options *options, bool *ret);

/* "/etc/vfioadm/guests/NAME.conf", to be freed */
char *setup_guest_path(const char *name);

/* The three things that the verb does. */
enum exit_code setup_begin(struct invocation *invocation);
enum exit_code setup_continue(struct invocation *invocation);
enum exit_code setup_undo(struct invocation *invocation);

/* Every question, with the option that answers it: for --help. */
void setup_help_questions(FILE *out);

/*
 * Write what has not been written of the record's files. With anew the record is new: if a file
 * cannot be written, those before it are put back, and the record goes. Needs root.
 */
enum exit_code setup_write_files(struct invocation *invocation, const struct setup_record *record,
				 bool anew);

/*
 * Run those of the record's commands that are not done, each marked when it is. One that fails ends
 * it: CODE_STUCK, for the files stay.
 */
enum exit_code setup_run_commands(struct invocation *invocation, struct setup_record *record);

/* The last part of --continue: whether all came about. CODE_BLOCKED: not all of it. */
enum exit_code setup_verify(struct invocation *invocation, const struct setup_record *record);

/* "would run: update-grub", for each command that is to be run */
void setup_print_commands(FILE *out, const struct setup_plan *plan);
