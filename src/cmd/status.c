/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"
#include "cmd/cmd.h"
#include "host/files.h"
#include "host/names.h"
#include "report/json-views.h"
#include "report/text.h"

static int status_run(struct invocation *invocation)
{
	struct host host;
	struct error err;

	if (host_discover(&invocation->root, HOST_HELD, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	if (option_given(invocation->options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_held(document, &host.held);
		json_print(document, stdout);
		json_free(document);
	} else if (host.held.count > 0) {
		text_status(stdout, &host, invocation->options->color);
	} else {
		log_info("nothing is held");
	}
	if (host_has(&invocation->root, NAME_STATE_DIR "/journal"))
		log_info("a change is under way, or was interrupted: if no vfioadm is at work, run "
			 "vfioadm recover");
	host_release(&host);
	return CODE_DONE;
}

const struct cmd cmd_status = {
	.name = "status",
	.arguments = "",
	.summary = "show what is held now, since when, and what it had before",
	.details = "Show every device that vfioadm has bound: its driver now, since when, and the "
		   "driver and driver_override that it had before and that unbind gives back.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_JSON),
	.run = status_run,
};
