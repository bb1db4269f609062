/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "cmd/change.h"
#include "report/text.h"

static const char *verdict(const struct finding_list *findings, const struct strv *allow)
{
	if (assess_first_block(findings, allow))
		return "blocked";
	for (size_t i = 0; i < findings->count; i++)
		if (finding_kinds[findings->items[i].id].severity != SEVERITY_INFO)
			return "ready-with-warnings";
	return "ready";
}

static void print_kinds(void)
{
	for (int i = 0; i < FINDING_MAX; i++)
		printf("%-24s %-6s %s\n", finding_kinds[i].id,
		       finding_severity_to_string(finding_kinds[i].severity),
		       finding_kinds[i].title);
}

static void discover_rest(struct change *change)
{
	_cleanup_free_ struct pci_addr *addrs = targets_addrs(&change->targets);

	host_discover_rest(&change->host, addrs, change->targets.count);
}

static void add_gpus(const struct host *host, bool boot_gpu_too, struct strv *devices)
{
	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];

		if (pci_function_is_display(f) && (boot_gpu_too || !f->boot_vga))
			strv_add(devices, pci_addr_text(f->addr).text);
	}
}

/* Without a DEVICE: every GPU but the host's own screen, or that if it is the only one. */
static struct strv default_devices(struct invocation *invocation, struct error *err)
{
	struct strv devices = { 0 };
	struct host host;

	if (host_discover(&invocation->root, 0, &host, err) < 0)
		return devices;
	add_gpus(&host, false, &devices);
	if (devices.count == 0)
		add_gpus(&host, true, &devices);
	host_release(&host);
	return devices;
}

static void print(const struct change *change, const struct options *options)
{
	const char *word = verdict(&change->findings, &options->allow);

	if (option_given(options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_findings(document, &change->findings);
		json_put_string(document, "verdict", word);
		json_print(document, stdout);
		json_free(document);
		return;
	}
	text_findings(stdout, &change->findings, options->color);
	printf("verdict: %s\n", word);
}

static int check_run(struct invocation *invocation)
{
	struct strv devices = { 0 };
	struct error err = { 0 };
	struct change change;
	enum exit_code code;

	if (option_given(invocation->options, OPTION_LIST)) {
		print_kinds();
		return CODE_DONE;
	}
	for (int i = 0; i < invocation->arg_count; i++)
		strv_add(&devices, invocation->args[i]);
	if (invocation->arg_count == 0)
		devices = default_devices(invocation, &err);
	if (err.code < 0)
		return fail(&err, CODE_FAILED);
	code = change_discover(&change, invocation, devices.items, devices.count,
			       COMPANIONS_ALL);
	if (code == CODE_DONE) {
		discover_rest(&change);
		assess(&change.host, &change.targets, ASSESS_CHECK, &change.findings);
		print(&change, invocation->options);
		if (assess_first_block(&change.findings, &invocation->options->allow))
			code = CODE_BLOCKED;
	}
	change_release(&change);
	strv_release(&devices);
	return code;
}

const struct cmd cmd_check = {
	.name = "check",
	.arguments = "[DEVICE...]",
	.summary = "say whether these devices can be given to a guest, and why not",
	.details = "Judge the devices, or every GPU but the host's own screen, without touching "
		   "anything: what would block bind, what to be wary of, what to know, and what to do "
		   "about each. --list tells which findings there are.",
	.max_args = -1,
	.options = OPTION_BIT(OPTION_GROUP) | OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_ALLOW) |
		   OPTION_BIT(OPTION_LIST),
	.run = check_run,
};
