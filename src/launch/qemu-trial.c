/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-trial.h"

#include <string.h>

#include "base/command.h"
#include "base/log.h"

#define TRIAL_TIMEOUT_MS 60000

static const char quit[] = "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"quit\"}\n";

/* SPICE's sound needs its server, which listens. */
static bool tries_sound(const struct guest *guest)
{
	return guest->audio.at.line && guest->audio.driver != GUEST_AUDIO_SPICE;
}

static bool is_worth_it(const struct guest *guest)
{
	return guest->board.kernel_irqchip != GUEST_IRQCHIP_DEFAULT || guest->cpu.hyperv ||
	       guest->cpu.flags || tries_sound(guest);
}

/* The guest with a little memory of no special kind, none of which is taken from the host's. */
static void trial_argv(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv)
{
	static const char *const words[] = { "-display", "none", "-S", "-qmp", "stdio" };
	const struct qemu_facts without_firmware = { .have_kvm = facts->have_kvm,
						     .amd = facts->amd,
						     .caps = facts->caps };
	struct guest small = *guest;

	small.memory = (struct guest_memory){ 0 };
	small.board.memory.text = (char *)"64M";
	small.share_count = 0;
	qemu_argv_machine(&small, &without_firmware, argv);
	if (tries_sound(guest)) {
		strv_add(argv, "-audiodev");
		strv_addf(argv, "%s,id=audio", guest_audio_driver_name(guest->audio.driver));
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		strv_add(argv, words[i]);
}

/* Warnings may come before it. */
static const char *last_line(char *text)
{
	size_t len = strlen(text);
	char *newline;

	while (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	newline = strrchr(text, '\n');
	return newline ? newline + 1 : text;
}

void qemu_trial(const struct guest *guest, const struct qemu_facts *facts, struct strv *problems)
{
	_cleanup_(command_output_release) struct command_output output = { 0 };
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct error err;

	if (!is_worth_it(guest))
		return;
	trial_argv(guest, facts, &argv);
	if (command_capture(&argv, quit, TRIAL_TIMEOUT_MS, &output, &err) < 0)
		log_debug("%s", err.msg);
	else if (output.status != 0)
		strv_addf(problems, "%s: QEMU refuses the guest's [guest], [cpu] or [audio]: %s",
			  guest->file, last_line(output.err));
}
