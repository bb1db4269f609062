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
