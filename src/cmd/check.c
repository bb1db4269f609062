/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply/rom-read.h"
#include "base/alloc.h"
#include "base/log.h"
#include "cmd/change.h"
#include "host/names.h"
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

/* A guest may be using the card, and a few cards do not answer anyone else while their ROM is read. */
static bool has_guest(const struct host *host, const struct pci_function *f)
{
	for (size_t i = 0; i < host->holders.count; i++)
		if (pci_addr_compare(host->holders.items[i].addr, f->addr) == 0 &&
		    strncmp(host->holders.items[i].node, "/dev/vfio/", 10) == 0)
			return true;
	return false;
}

/* The boot GPU's ROM is not to be had: rom-shadowed says so. */
static void read_rom(struct host *host, const struct pci_function *f)
{
	_cleanup_free_ char *path =
		xasprintf(NAME_PCI_DEVICES "/%s/rom", pci_addr_text(f->addr).text);
	struct error err;
	char *data;
	size_t size;
	int r;

	if (has_guest(host, f)) {
		unknowns_add(&host->unknowns, path, 0, "what is in it while a guest has the card");
		return;
	}
	r = rom_read_device(host->root, f, &data, &size, &err);
	if (r == 0)
		pci_roms_add(&host->roms, f->addr, data, size);
	else if (r == -ENOENT)
		pci_roms_add(&host->roms, f->addr, NULL, 0);
	else if (r != -ENOTSUP)
		log_error("%s", err.msg);
	if (r == -ENODATA)
		unknowns_add(&host->unknowns, path, 0, "what is in it: the card does not answer");
}

static void read_roms(struct change *change)
{
	for (size_t i = 0; i < change->targets.count; i++)
		if (pci_function_is_display(change->targets.items[i]))
			read_rom(&change->host, change->targets.items[i]);
}

/* The ROM is read through the kernel of the host that runs, and by root alone. */
static enum exit_code may_read_roms(const struct invocation *invocation)
{
	if (!option_given(invocation->options, OPTION_ROM))
		return CODE_DONE;
	if (!invocation->root.live) {
		log_error("--rom: the ROM of a device can be read only on the host that runs; leave "
			  "out --root, or have a dump judged by vfioadm rom FILE");
		return CODE_USAGE;
	}
	if (geteuid() == 0)
		return CODE_DONE;
	log_error("--rom: only root can read the ROM of a device: run it with sudo, or without --rom");
	return CODE_FAILED;
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

static enum exit_code discover(struct change *change, struct invocation *invocation)
{
	struct error err;
	enum exit_code code;

	if (invocation->arg_count == 0)
		code = change_discover_gpus(change, invocation);
	else
		code = change_discover(change, invocation, invocation->args,
				       (size_t)invocation->arg_count, COMPANIONS_ALL);
	if (code == CODE_DONE && host_discover_rest(&change->host, &err) < 0)
		code = fail(&err, CODE_FAILED);
	return code;
}

static int check_run(struct invocation *invocation)
{
	struct change change;
	enum exit_code code;

	if (option_given(invocation->options, OPTION_LIST)) {
		print_kinds();
		return CODE_DONE;
	}
	code = may_read_roms(invocation);
	if (code != CODE_DONE)
		return code;
	code = discover(&change, invocation);
	if (code == CODE_DONE) {
		if (option_given(invocation->options, OPTION_ROM))
			read_roms(&change);
		assess(&change.host, &change.targets, ASSESS_CHECK, &change.findings);
		print(&change, invocation->options);
		if (assess_first_block(&change.findings, &invocation->options->allow))
			code = CODE_BLOCKED;
	}
	change_release(&change);
	return code;
}

const struct cmd cmd_check = {
	.name = "check",
	.arguments = "[DEVICE...]",
	.summary = "say whether these devices can be given to a guest, and why not",
	.details = "Judge the devices, or every GPU but the host's own screen, without touching "
		   "anything: what would block bind, what to be wary of, what to know, and what to do "
		   "about each. --list tells which findings there are.\n\n"
		   "--rom also reads the option ROM of each GPU that is judged, as vfioadm rom does: "
		   "enabled, read, disabled again, the one thing here that is written. The boot GPU's "
		   "is left alone, and that of a card that a guest has.",
	.max_args = -1,
	.options = OPTION_BIT(OPTION_GROUP) | OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_ALLOW) |
		   OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_ROM),
	.run = check_run,
};
