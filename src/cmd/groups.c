/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/cmd.h"
#include "report/groups-json.h"
#include "report/groups-text.h"
#include "report/json-views.h"

static void print_json(const struct prediction *prediction, bool predict)
{
	struct json_object *document = json_document();

	json_put_groups(document, prediction->tree.host);
	if (predict)
		json_put_prediction(document, prediction);
	json_print(document, stdout);
	json_free(document);
}

static int groups_run(struct invocation *invocation)
{
	const struct options *options = invocation->options;
	bool predict = option_given(options, OPTION_PREDICT);
	struct prediction prediction;
	struct host host;
	struct error err;

	if (host_discover(&invocation->root, HOST_CAPS, &host, &err) < 0)
		return fail(&err, CODE_FAILED);
	predict_groups(&host, &prediction);
	if (option_given(options, OPTION_JSON))
		print_json(&prediction, predict);
	else if (predict)
		text_prediction(stdout, &prediction, options->color);
	else
		text_groups(stdout, &prediction, options->color);
	prediction_release(&prediction);
	host_release(&host);
	return CODE_DONE;
}

const struct cmd cmd_groups = {
	.name = "groups",
	.arguments = "",
	.summary = "show the IOMMU groups, and why each is as it is",
	.details = "Show each IOMMU group: its members, whether a guest can have it or which drivers "
		   "of the host are in the way, reserved memory, and for each member that is there "
		   "because of another device, which and why. With --predict the groups that follow "
		   "from configuration space and topology alone, by the kernel's rule: what they "
		   "would be where the IOMMU is off. That takes root.",
	.max_args = 0,
	.options = OPTION_BIT(OPTION_PREDICT) | OPTION_BIT(OPTION_JSON),
	.run = groups_run,
};
