/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/claim-match.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"

static const char *const state_names[CLAIM_STATE_MAX] = {
	[CLAIM_WON] = "won",       [CLAIM_LOST] = "lost",
	[CLAIM_ABSENT] = "absent", [CLAIM_IDS_DIFFER] = "ids-differ",
	[CLAIM_OFF] = "off",
};

const char *claim_state_to_string(enum claim_state state)
{
	return state_names[state];
}

static bool ids_differ(const struct claim *claim, const struct pci_function *f)
{
	return claim->ids.given &&
	       (claim->ids.vendor != f->vendor || claim->ids.device != f->device);
}

static bool is_won(const struct pci_function *f)
{
	return f->driver && strcmp(f->driver, DRIVER_VFIO_PCI) == 0;
}

struct claim_standing claim_standing(const struct host *host, const struct claim *claim)
{
	struct claim_standing standing = {
		.state = CLAIM_WON,
		.function = pci_functions_find(&host->functions, claim->address),
	};
	struct targets targets = { 0 };

	if (host->claims.off)
		standing.state = CLAIM_OFF;
	else if (!standing.function)
		standing.state = CLAIM_ABSENT;
	else if (ids_differ(claim, standing.function))
		standing.state = CLAIM_IDS_DIFFER;
	if (standing.state != CLAIM_WON)
		return standing;
	claim_add_targets(host, claim, &targets);
	for (size_t i = 0; i < targets.count && !standing.loser; i++)
		if (!is_won(targets.items[i]))
			standing.loser = targets.items[i];
	if (standing.loser)
		standing.state = CLAIM_LOST;
	targets_release(&targets);
	return standing;
}

void claim_standing_describe(const struct claim_standing *standing, char *buf, size_t size)
{
	const struct pci_function *f = standing->function, *loser = standing->loser;

	switch (standing->state) {
	case CLAIM_LOST:
		snprintf(buf, size, "lost to %s%s%s%s", loser->driver ? loser->driver : "no driver",
			 loser == f ? "" : " (", loser == f ? "" : pci_addr_text(loser->addr).text,
			 loser == f ? "" : ")");
		break;
	case CLAIM_IDS_DIFFER:
		snprintf(buf, size, "ids differ (%04x:%04x)", f->vendor, f->device);
		break;
	default:
		snprintf(buf, size, "%s", state_names[standing->state]);
		break;
	}
}

bool claim_covers(const struct claim *claim, struct pci_addr addr)
{
	return claim->functions == CLAIM_SLOT ? pci_addr_same_slot(claim->address, addr)
					      : pci_addr_compare(claim->address, addr) == 0;
}

void claim_add_targets(const struct host *host, const struct claim *claim,
		       struct targets *targets)
{
	const struct pci_function *f = pci_functions_find(&host->functions, claim->address);
	struct targets own = { 0 };

	if (!f)
		return;
	targets_add(&own, f);
	if (claim->functions == CLAIM_SLOT)
		targets_add_companions(&own, host);
	for (size_t i = 0; i < own.count; i++)
		targets_add(targets, own.items[i]);
	targets_release(&own);
}

static void check_ids(const struct claim *claim, const struct pci_function *f,
		      struct finding_list *findings)
{
	if (ids_differ(claim, f))
		finding_add(findings, FINDING_WRONG_DEVICE, pci_addr_text(f->addr).text,
			    xasprintf("the claim %s is for %04x:%04x, but a device %04x:%04x is at "
				      "this address now: a card was moved, or an address changed",
				      claim->name, claim->ids.vendor, claim->ids.device, f->vendor,
				      f->device),
			    xasprintf("vfioadm list shows where the card is; vfioadm claim remove "
				      "%s, then vfioadm claim add its new address", claim->name));
}

void claim_assess(const struct host *host, const struct claim *claim,
		  const struct targets *targets, struct finding_list *findings)
{
	const struct pci_function *f = pci_functions_find(&host->functions, claim->address);

	assess(host, targets, ASSESS_BIND, findings);
	if (f)
		check_ids(claim, f, findings);
	finding_list_sort(findings);
}

static bool stops(const struct claim *claim, enum finding_id id)
{
	switch (id) {
	case FINDING_GROUP_NOT_VIABLE:
	case FINDING_RESERVED_DIRECT:
	case FINDING_NO_INTERRUPT_REMAPPING:
	case FINDING_MODULE_MISSING:
	case FINDING_MODULE_BLACKLISTED:
		return false;
	case FINDING_BOOT_GPU:
	case FINDING_BOOT_FRAMEBUFFER:
		return !claim->boot_gpu;
	default:
		return finding_kinds[id].severity == SEVERITY_BLOCK;
	}
}

const struct finding *claim_first_stop(const struct claim *claim,
				       const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (stops(claim, findings->items[i].id))
			return &findings->items[i];
	return NULL;
}

/* For check: what claims say of the devices that are asked about. */
void check_claims(const struct host *host, const struct targets *targets,
		  struct finding_list *findings)
{
	for (size_t i = 0; !host->claims.off && i < host->claims.count; i++) {
		const struct claim *claim = &host->claims.items[i];
		struct claim_standing standing = claim_standing(host, claim);
		char text[128];

		if (!standing.function || !targets_have(targets, claim->address))
			continue;
		check_ids(claim, standing.function, findings);
		if (standing.state != CLAIM_LOST)
			continue;
		claim_standing_describe(&standing, text, sizeof(text));
		finding_add(findings, FINDING_CLAIM_LOST, pci_addr_text(claim->address).text,
			    xasprintf("vfio-pci is to have it from the boot on (claim %s), but the "
				      "claim is %s", claim->name, text),
			    xstrdup("dmesg | grep vfioadm says what became of it at boot; vfioadm "
				    "claim apply takes it now; rebuild the initramfs if the claim "
				    "is newer than that"));
	}
	for (size_t i = 0; i < host->claims.problems.count; i++)
		finding_add(findings, FINDING_CLAIM_UNUSABLE, "claims",
			    xstrdup(host->claims.problems.items[i]),
			    xstrdup("correct the file; vfioadm-claims(5) tells what may be in it"));
}
