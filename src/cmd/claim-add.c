/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "apply/claim-file.h"
#include "base/alloc.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "host/names.h"
#include "host/pci-config.h"
#include "policy/claim-new.h"
#include "report/text.h"

/* Of a whole slot it is the GPU that is claimed; its companions go along. */
static const struct pci_function *choose(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (pci_function_is_display(targets->items[i]))
			return targets->items[i];
	return targets->items[0];
}

static int choose_name(const char *typed, const struct pci_function *f, struct claim *claim,
		       struct error *err)
{
	claim->name = typed ? xstrdup(typed) : claim_default_name(f);
	if (value_is_name(claim->name) && strlen(claim->name) <= CLAIM_NAME_MAX &&
	    strcmp(claim->name, CLAIM_CMDLINE) != 0)
		return 0;
	return error_set(err, -1, "--name %.80s: not a name for a claim: %s, %d characters at most",
			 claim->name, value_expected(VALUE_NAME), CLAIM_NAME_MAX);
}

static bool same_claim(const struct claim *a, const struct claim *b)
{
	return pci_addr_compare(a->address, b->address) == 0 && a->ids.given == b->ids.given &&
	       a->ids.vendor == b->ids.vendor && a->ids.device == b->ids.device &&
	       a->functions == b->functions && a->boot_gpu == b->boot_gpu;
}

/* CODE_DONE: it is new. CODE_FAILED, or nothing to do: *ret_same, with a message. */
static enum exit_code compare_others(const struct claims *claims, const struct claim *claim,
				     bool *ret_same)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *other = &claims->items[i];

		if (strcmp(other->name, CLAIM_CMDLINE) == 0)
			continue;
		if (same_claim(other, claim)) {
			log_info("nothing to do: %s claims it already", other->file);
			*ret_same = true;
			return CODE_DONE;
		}
		if (strcmp(other->name, claim->name) == 0 ||
		    pci_addr_compare(other->address, claim->address) == 0) {
			log_error("claim %s: %s claims %s already, in another way: vfioadm claim "
				  "remove %s first%s", claim->name, other->file,
				  pci_addr_text(other->address).text, other->name,
				  strcmp(other->name, claim->name) == 0 ? ", or choose a --name"
									: "");
			return CODE_FAILED;
		}
	}
	return CODE_DONE;
}

static void show(const struct change *change, const struct pci_function *f, bool color)
{
	const struct iommu_group *group = iommu_find_group(&change->host.iommu, f->iommu_group);

	text_list(stdout, &change->host, &change->targets, color);
	if (!group) {
		printf("It has no IOMMU group.\n");
	} else {
		printf("IOMMU group %d:", group->id);
		for (size_t i = 0; i < group->member_count; i++)
			printf(" %s", pci_addr_text(group->members[i]).text);
		putchar('\n');
	}
	text_findings(stdout, &change->findings, color);
}

static enum exit_code write_claim(struct invocation *invocation, const struct claim *claim,
				  const char *comment)
{
	struct session session;
	struct error err;
	enum exit_code code = session_begin_within(&session, invocation, "claim add",
						   (int)invocation->options->timeout_ms);

	if (code != CODE_DONE)
		return code;
	if (claim_file_write(&invocation->root, claim, comment, &err) < 0)
		code = fail(&err, CODE_FAILED);
	else if (claim_renew_marks(&session, &err) < 0)
		code = fail(&err, CODE_STUCK);
	session_end(&session);
	if (code != CODE_DONE)
		return code;
	claim_say_written(claim);
	return claim_changed(invocation);
}

static char *describe_device(const struct host *host, const struct pci_function *f)
{
	char vendor[128], device[128];

	pci_config_vendor_name(host->config, f->vendor, vendor, sizeof(vendor));
	pci_config_device_name(host->config, f->vendor, f->device, device, sizeof(device));
	return xasprintf("made by vfioadm for %s %s", *vendor ? vendor : "a device",
			 device);
}

enum exit_code claim_propose(struct change *change, const char *name, struct claim *claim,
			     char **ret_comment)
{
	const struct pci_function *f = choose(&change->targets);
	struct error err;

	claim->address = f->addr;
	claim->ids = (struct value_ids){ true, f->vendor, f->device };
	if (choose_name(name, f, claim, &err) < 0)
		return fail(&err, CODE_USAGE);
	if (host_discover_rest(&change->host, &err) < 0)
		return fail(&err, CODE_FAILED);
	*ret_comment = describe_device(&change->host, f);
	assess(&change->host, &change->targets, ASSESS_CHECK, &change->findings);
	claim->boot_gpu = claim_takes_screen(&change->findings);
	return CODE_DONE;
}

enum exit_code claim_judge(const struct change *change, const struct claim *claim,
			   const struct strv *allow, const char *verb, bool *ret_same)
{
	const struct finding *refusal = claim_first_refusal(&change->findings, allow);

	if (!refusal)
		return compare_others(&change->host.claims, claim, ret_same);
	log_error("%s: refused, for each boot would do this: %s: %s [%s]", verb, refusal->subject,
		  refusal->message, finding_kinds[refusal->id].id);
	return CODE_BLOCKED;
}

static enum exit_code add(struct change *change, struct invocation *invocation,
			  struct claim *claim)
{
	const struct options *options = invocation->options;
	_cleanup_free_ char *comment = NULL;
	enum exit_code code = claim_propose(change, options->name, claim, &comment);
	bool same = false;

	if (code != CODE_DONE)
		return code;
	show(change, choose(&change->targets), options->color);
	code = claim_judge(change, claim, &options->allow, "claim add", &same);
	if (code != CODE_DONE || same)
		return code;
	if (option_given(options, OPTION_DRY_RUN)) {
		_cleanup_free_ char *text = claim_file_text(claim, comment);

		printf("would write %s/%s.conf:\n%s", NAME_CLAIMS_DIR, claim->name, text);
		claim_say_next(&invocation->root);
		return CODE_DONE;
	}
	return write_claim(invocation, claim, comment);
}

enum exit_code claim_add(struct invocation *invocation)
{
	const char *functions = invocation->options->functions;
	struct claim claim = {
		.functions = functions && strcmp(functions, "only") == 0 ? CLAIM_ONLY : CLAIM_SLOT,
	};
	struct change change;
	enum exit_code code;

	code = change_discover(&change, invocation, invocation->args + 1, 1,
			       claim.functions == CLAIM_ONLY ? COMPANIONS_NONE : COMPANIONS_ALL);
	if (code == CODE_DONE)
		code = add(&change, invocation, &claim);
	free(claim.name);
	change_release(&change);
	return code;
}
