/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/exit-code.h"

#include "base/macro.h"

const struct exit_code_meaning exit_code_meanings[] = {
	{ "0", "done, or nothing to do" },
	{ "1", "failed, nothing changed" },
	{ "2", "wrong usage or configuration" },
	{ "3", "a finding blocks it" },
	{ "4", "failed, and everything was put back" },
	{ "5", "failed, and not everything could be put back: the message names what remains" },
	{ "128+N", "launch: QEMU ended by signal N; otherwise launch returns QEMU's own status" },
};

const size_t exit_code_meaning_count = ARRAY_SIZE(exit_code_meanings);

const char *exit_code_result(enum exit_code code, bool nothing_to_do, bool dry_run)
{
	static const char *const words[] = {
		[CODE_DONE] = "done",       [CODE_FAILED] = "failed", [CODE_USAGE] = "failed",
		[CODE_BLOCKED] = "blocked", [CODE_UNDONE] = "undone", [CODE_STUCK] = "stuck",
	};

	if (code == CODE_DONE && nothing_to_do)
		return "nothing-to-do";
	return code == CODE_DONE && dry_run ? "dry-run" : words[code];
}
