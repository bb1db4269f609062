/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/setup-plan.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/grub-defaults.h"
#include "policy/kernel-words.h"

static const char *const part_names[SETUP_PART_MAX] = {
	[SETUP_CLAIM] = "claim",
	[SETUP_BOOT_LOADER] = "boot-loader",
	[SETUP_GUEST] = "guest",
};

const char *setup_part_to_string(enum setup_part part)
{
	return part_names[part];
}

int setup_part_from_string(const char *text)
{
	for (int i = 0; i < SETUP_PART_MAX; i++)
		if (strcmp(part_names[i], text) == 0)
			return i;
	return -1;
}

int boot_file_add(const struct boot_file *boot, const char *word, char **ret, struct error *err)
{
	static int (*const editors[])(const char *, const char *, char **, struct error *) = {
		[BOOT_EDIT_GRUB] = grub_defaults_add,
		[BOOT_EDIT_CMDLINE] = kernel_cmdline_add,
		[BOOT_EDIT_ENTRY] = loader_entry_add,
	};

	*ret = NULL;
	if (boot->why_not)
		return error_set(err, -EINVAL, "%s", boot->why_not);
	if (boot->edit == BOOT_EDIT_NONE)
		return error_set(err, -EINVAL, "no boot loader is found here whose files are known");
	if (editors[boot->edit](boot->text, word, ret, err) < 0)
		return error_prefix(err, "%s", boot->path);
	return 0;
}

void setup_plan_add_file(struct setup_plan *plan, enum setup_part part, const char *path, char *before,
			 char *after)
{
	plan->files[plan->file_count++] = (struct file_change){ part, xstrdup(path), before, after };
}

struct setup_command *setup_plan_add_command(struct setup_plan *plan)
{
	ARRAY_GROW(plan->commands, plan->command_count);
	plan->commands[plan->command_count] = (struct setup_command){ 0 };
	return &plan->commands[plan->command_count++];
}

static int add_boot_word(const struct setup_wishes *wishes, struct setup_plan *plan,
			 struct error *err)
{
	char *after;
	int r = boot_file_add(wishes->boot, wishes->word, &after, err);

	if (r == 0 && after)
		setup_plan_add_file(plan, SETUP_BOOT_LOADER, wishes->boot->path,
				    xstrdup(wishes->boot->text), after);
	return r;
}

static void add_commands(const struct setup_wishes *wishes, struct setup_plan *plan)
{
	struct setup_command *command;

	if (wishes->initramfs) {
		command = setup_plan_add_command(plan);
		for (const char *const *word = wishes->initramfs; *word; word++)
			strv_add(&command->argv, *word);
	}
	for (size_t i = 0; wishes->word && i < wishes->boot->command_count; i++) {
		command = setup_plan_add_command(plan);
		for (size_t j = 0; j < wishes->boot->commands[i].count; j++)
			strv_add(&command->argv, wishes->boot->commands[i].items[j]);
	}
}

int setup_plan_make(const struct setup_wishes *wishes, struct setup_plan *ret, struct error *err)
{
	int r = 0;

	*ret = (struct setup_plan){ 0 };
	if (wishes->claim_text)
		setup_plan_add_file(ret, SETUP_CLAIM, wishes->claim_path, NULL,
				    xstrdup(wishes->claim_text));
	if (wishes->word)
		r = add_boot_word(wishes, ret, err);
	if (r == 0 && wishes->guest_text)
		setup_plan_add_file(ret, SETUP_GUEST, wishes->guest_path, NULL,
				    xstrdup(wishes->guest_text));
	if (r == 0)
		add_commands(wishes, ret);
	else
		setup_plan_release(ret);
	return r;
}

const struct file_change *setup_plan_find(const struct setup_plan *plan, enum setup_part part)
{
	for (size_t i = 0; i < plan->file_count; i++)
		if (plan->files[i].part == part)
			return &plan->files[i];
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

enum file_standing file_change_standing(const struct file_change *change, const char *text)
{
	if (same_text(text, change->after))
		return FILE_AS_AFTER;
	return same_text(text, change->before) ? FILE_AS_BEFORE : FILE_OTHERWISE;
}

void setup_plan_release(struct setup_plan *plan)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		free(plan->files[i].path);
		free(plan->files[i].before);
		free(plan->files[i].after);
	}
	for (size_t i = 0; i < plan->command_count; i++)
		strv_release(&plan->commands[i].argv);
	free(plan->commands);
	*plan = (struct setup_plan){ 0 };
}
