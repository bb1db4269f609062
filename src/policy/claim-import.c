/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/claim-import.h"

#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "host/names.h"
#include "policy/assess.h"
#include "policy/claim-import-removal.h"
#include "policy/claim-match.h"

static const char *const fate_names[IMPORT_FATE_MAX] = {
	[IMPORT_CLAIM] = "claim",
	[IMPORT_CLAIMED] = "claimed",
	[IMPORT_REFUSED] = "refused",
	[IMPORT_ABSENT] = "absent",
	[IMPORT_OTHER_DRIVER] = "other-driver",
	[IMPORT_NOT_PCI] = "not-pci",
	[IMPORT_OVERRULED] = "overruled",
};

const char *import_fate_to_string(enum import_fate fate)
{
	return fate_names[fate];
}

struct pci_addr *claim_import_candidates(const struct host *host, size_t *ret_count)
{
	struct pci_addr *addrs = xcalloc(host->functions.count, sizeof(*addrs));

	*ret_count = 0;
	for (size_t i = 0; i < host->functions.count; i++)
		if (rivals_give_to_vfio(&host->rivals, &host->functions.items[i]))
			addrs[(*ret_count)++] = host->functions.items[i].addr;
	return addrs;
}

static struct import_item *add_item(struct claim_import *import, const char *where,
				    unsigned int line, const char *text, enum import_fate fate)
{
	ARRAY_GROW(import->items, import->count);
	import->items[import->count] = (struct import_item){
		.where = where, .line = line, .text = text, .fate = fate,
	};
	return &import->items[import->count++];
}

/* One of the claims that there are has it at each boot; *ret_near is one that only covers its address. */
static const struct claim *find_claim(const struct host *host, const struct pci_function *f,
				      const struct claim **ret_near)
{
	const struct claim *found = NULL;

	*ret_near = NULL;
	for (size_t i = 0; i < host->claims.count && !found; i++) {
		const struct claim *claim = &host->claims.items[i];
		const struct pci_function *own =
			pci_functions_find(&host->functions, claim->address);
		struct targets targets = { 0 };

		if (strcmp(claim->name, CLAIM_CMDLINE) == 0)
			continue;
		claim_add_targets(host, claim, &targets);
		if (targets_have(&targets, f->addr)) {
			if (claim->ids.given && (claim->ids.vendor != own->vendor ||
						 claim->ids.device != own->device))
				*ret_near = claim;
			else
				found = claim;
		}
		targets_release(&targets);
	}
	return found;
}

static const struct import_claim *find_new(const struct claim_import *import, struct pci_addr addr)
{
	for (size_t i = 0; i < import->claim_count; i++)
		if (pci_addr_compare(import->claims[i].claim.address, addr) == 0)
			return &import->claims[i];
	return NULL;
}

static const char *add_claim(struct claim_import *import, const struct import_item *item,
			     bool boot_gpu)
{
	const struct pci_function *f = item->function;
	char *comment = item->line ? xasprintf("imported by vfioadm from %s, line %u", item->where,
					       item->line)
				   : xasprintf("imported by vfioadm from %s", item->where);

	printable(comment);
	ARRAY_GROW(import->claims, import->claim_count);
	import->claims[import->claim_count] = (struct import_claim){
		.claim = {
			.name = claim_default_name(f), .address = f->addr,
			.ids = { true, f->vendor, f->device }, .functions = CLAIM_ONLY,
			.boot_gpu = boot_gpu,
		},
		.comment = comment,
	};
	return import->claims[import->claim_count++].claim.name;
}

/* Refused, or a new claim of its own. */
static void judge(const struct host *host, const struct strv *allow, struct claim_import *import,
		  struct import_item *item)
{
	struct finding_list findings = { 0 };
	const struct finding *refusal;
	struct targets targets = { 0 };

	targets_add(&targets, item->function);
	assess(host, &targets, ASSESS_CHECK, &findings);
	refusal = claim_first_refusal(&findings, allow);
	if (refusal) {
		item->fate = IMPORT_REFUSED;
		item->why = xasprintf("%s [%s]", refusal->message, finding_kinds[refusal->id].id);
	} else {
		item->claim = xstrdup(add_claim(import, item, claim_takes_screen(&findings)));
	}
	finding_list_release(&findings);
	targets_release(&targets);
}

static void decide(const struct host *host, const struct strv *allow, struct claim_import *import,
		   struct import_item *item)
{
	const struct claim *near, *there = find_claim(host, item->function, &near);
	const struct import_claim *made = find_new(import, item->function->addr);
	_cleanup_free_ char *name = claim_default_name(item->function);

	if (there) {
		item->fate = IMPORT_CLAIMED;
		item->claim = xstrdup(there->name);
	} else if (made) {
		item->claim = xstrdup(made->claim.name);
	} else if (!near && !(near = claims_find(&host->claims, name))) {
		judge(host, allow, import, item);
	} else {
		item->fate = IMPORT_REFUSED;
		item->why = xasprintf("the claim %s is in the way: it is for another device; vfioadm claim "
				      "remove %s first", near->name, near->name);
	}
}

static void import_ids(const struct host *host, const struct strv *allow,
		       const struct ids_claim *ids, struct claim_import *import)
{
	const struct ids_source *source = &host->rivals.sources[ids->source];
	bool found = false;

	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];
		struct import_item *item;

		if (!ids_claim_fits(ids, f))
			continue;
		item = add_item(import, source->where, source->line, ids->text, IMPORT_CLAIM);
		item->function = f;
		decide(host, allow, import, item);
		found = true;
	}
	if (!found)
		add_item(import, source->where, source->line, ids->text, IMPORT_ABSENT)->why =
			xstrdup("no device here has these ids");
}

static void import_sources(const struct host *host, const struct strv *allow,
			   struct claim_import *import)
{
	const struct rivals *rivals = &host->rivals;

	for (size_t i = 0; i < rivals->source_count; i++)
		if (ids_source_is_overruled(rivals, i))
			add_item(import, rivals->sources[i].where, rivals->sources[i].line,
				 rivals->sources[i].word, IMPORT_OVERRULED)->why =
				xstrdup("has no effect: vfio-pci takes the last ids that it is given");
	for (size_t i = 0; i < rivals->ids_count; i++)
		if (!ids_source_is_overruled(rivals, rivals->ids[i].source))
			import_ids(host, allow, &rivals->ids[i], import);
}

static void import_override(const struct host *host, const struct strv *allow,
			    const struct driverctl_override *override, struct claim_import *import)
{
	const struct pci_function *f = pci_functions_find(&host->functions, override->addr);
	struct import_item *item = add_item(import, override->file, 0, override->driver,
					    IMPORT_CLAIM);

	item->function = f;
	if (!driverctl_gives_to_vfio(override)) {
		item->fate = IMPORT_OTHER_DRIVER;
		item->why = xasprintf("driverctl gives it to %s, and a claim is for vfio-pci alone",
				      *override->driver ? override->driver : "no driver");
	} else if (!f) {
		item->fate = IMPORT_ABSENT;
		item->why = xstrdup("no device is at this address");
	} else {
		decide(host, allow, import, item);
	}
}

/* A GPU without its sound is half of what a guest needs, and the group may not be viable. */
static void note_companions(const struct host *host, struct claim_import *import)
{
	for (size_t i = 0; i < import->claim_count; i++) {
		const struct claim *claim = &import->claims[i].claim, *near;
		struct targets targets = { 0 };

		targets_add(&targets, pci_functions_find(&host->functions, claim->address));
		targets_add_companions(&targets, host);
		for (size_t j = 0; j < targets.count; j++) {
			const struct pci_addr_text addr = pci_addr_text(targets.items[j]->addr);

			if (find_new(import, targets.items[j]->addr) ||
			    find_claim(host, targets.items[j], &near))
				continue;
			strv_addf(&import->notes, "%s shares the slot of %s, and nothing gives it to "
				  "vfio-pci: vfioadm claim add %s --functions only   does", addr.text,
				  pci_addr_text(claim->address).text, addr.text);
		}
		targets_release(&targets);
	}
}

void claim_import_make(const struct host *host, const struct strv *allow, struct claim_import *ret)
{
	const struct rivals *rivals = &host->rivals;

	*ret = (struct claim_import){ 0 };
	import_sources(host, allow, ret);
	for (size_t i = 0; i < rivals->override_count; i++)
		import_override(host, allow, &rivals->overrides[i], ret);
	for (size_t i = 0; i < rivals->other_overrides.count; i++)
		add_item(ret, rivals->other_overrides.items[i], 0, "", IMPORT_NOT_PCI)->why =
			xstrdup("its name is not that of a PCI device");
	note_companions(host, ret);
	claim_import_add_removals(host, ret);
}

void claim_import_release(struct claim_import *import)
{
	for (size_t i = 0; i < import->count; i++) {
		free(import->items[i].claim);
		free(import->items[i].why);
	}
	for (size_t i = 0; i < import->claim_count; i++) {
		free(import->claims[i].claim.name);
		free(import->claims[i].comment);
	}
	for (size_t i = 0; i < import->removal_count; i++)
		free(import->removals[i].remedy);
	free(import->items);
	free(import->claims);
	free(import->removals);
	strv_release(&import->notes);
	*import = (struct claim_import){ 0 };
}
