/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"
#include "report/json-views.h"
#include "report/text.h"

static void select_devices(struct host *host, bool all, struct targets *targets)
{
	_cleanup_free_ struct pci_addr *addrs = NULL;

	for (size_t i = 0; i < host->functions.count; i++)
		if (all || pci_function_is_display(&host->functions.items[i]))
			targets_add(targets, &host->functions.items[i]);
	targets_add_companions(targets, host);
	addrs = targets_addrs(targets);
	host_discover_closely(host, addrs, targets->count);
}

static int list_run(struct invocation *invocation)
{
	struct targets targets = { 0 };
	struct host host;
	struct error err;

	if (host_discover(&invocation->root, HOST_NAMES, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	select_devices(&host, option_given(invocation->options, OPTION_ALL), &targets);
	if (option_given(invocation->options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_devices(document, &host, &targets);
		json_print(document, stdout);
		json_free(document);
	} else {
		text_list(stdout, &host, &targets, invocation->options->color);
	}
	targets_release(&targets);
	host_release(&host);
	return CODE_DONE;
}

const struct cmd cmd_list = {
	.name = "list",
	.arguments = "",
	.summary = "show GPUs and their companion functions",
	.details = "Show each GPU and every function that shares its slot: address, ids, IOMMU group, "
		   "driver, driver_override, whether the firmware's console was on it, and its name.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_ALL) | OPTION_BIT(OPTION_JSON),
	.run = list_run,
};
