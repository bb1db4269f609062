/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"
#include "cmd/cmd.h"
#include "host/files.h"
#include "host/names.h"
#include "report/json-views.h"
#include "report/text.h"

static int status_run(struct invocation *invocation)
{
	_cleanup_(running_guests_release) struct running_guests guests = { 0 };
	_cleanup_(strv_release) struct strv problems = { 0 };
	struct host host;
	struct error err;

	if (host_discover(&invocation->root, HOST_HELD, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	guests = running_guests_read(&invocation->root, &problems);
	if (option_given(invocation->options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_held(document, &host.held);
		json_put_guests(document, &guests);
		json_print(document, stdout);
		json_free(document);
	} else if (host.held.count > 0) {
		text_status(stdout, &host, invocation->options->color);
	} else {
		log_info("nothing is held");
	}
	if (!option_given(invocation->options, OPTION_JSON))
		text_guests(stdout, &guests, invocation->options->color);
	for (size_t i = 0; i < guests.count; i++)
		if (!guests.items[i].supervised && !guests.items[i].runs)
			log_info("guest %s: it was interrupted: vfioadm recover gives its devices "
				 "back", guests.items[i].name);
	for (size_t i = 0; i < problems.count; i++)
		log_error("%s", problems.items[i]);
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
		   "driver and driver_override that it had before and that unbind gives back. Then the "
		   "guests that run: since when, QEMU's process, and the vfioadm that supervises it.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_JSON),
	.run = status_run,
};
