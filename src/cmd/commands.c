/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"

#include <errno.h>

#include "base/error.h"
#include "base/log.h"
#include "base/read-failure.h"

const struct cmd *const commands[] = {
	&cmd_list,   &cmd_groups,  &cmd_check,   &cmd_bind,   &cmd_unbind,
	&cmd_status, &cmd_recover, &cmd_claim, &cmd_rom, &cmd_launch, &cmd_guest, &cmd_collect,
	&cmd_setup,
};

const size_t command_count = ARRAY_SIZE(commands);

enum exit_code fail(const struct error *err, enum exit_code code)
{
	log_error("%s", err->msg);
	return code;
}

enum exit_code fail_unread(const struct error *err)
{
	struct error ignored;
	bool says_nothing = read_failure_check(&ignored) < 0 || err->code == -ELIBACC;

	return fail(err, says_nothing ? CODE_FAILED : CODE_USAGE);
}
