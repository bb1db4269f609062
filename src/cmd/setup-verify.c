/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "cmd/setup.h"
#include "host/names.h"
#include "launch/prepare.h"
#include "policy/boot-remedy.h"
#include "policy/claim-match.h"

/* What is looked at after the reboot. */
struct verification {
	struct invocation *invocation;
	const struct setup_record *record;
	struct change change;
	const struct pci_function *gpu;
	bool failed;
};

static void tell_good(const char *what, const char *more)
{
	printf("ok    %s%s%s\n", what, *more ? ": " : "", more);
}

/* next: what to do about it */
static void tell_bad(struct verification *v, const char *what, const char *next)
{
	printf("FAIL  %s\n      next: %s\n", what, next);
	v->failed = true;
}

static void verify_word(struct verification *v)
{
	const struct platform *platform = &v->change.host.platform;
	const char *word = v->record->word;
	_cleanup_free_ char *what = NULL, *add = NULL, *next = NULL;

	if (!word)
		return;
	if (strv_has(&platform->cmdline, word)) {
		tell_good("kernel command line", word);
		return;
	}
	add = boot_add_word(platform, word);
	what = xasprintf("kernel command line: %s did not arrive", word);
	next = setup_plan_find(&v->record->plan, SETUP_BOOT_LOADER)
		       ? xasprintf("see which boot entry is started, and that it was made from the "
				   "changed file: %s", add)
		       : xstrdup(add);
	tell_bad(v, what, next);
}

/* Whether a guest could have the card at all. */
static void verify_iommu(struct verification *v)
{
	const struct finding_list *findings = &v->change.findings;
	char text[64];
	bool good = true;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		_cleanup_free_ char *what = NULL;

		if (finding->id != FINDING_IOMMU_OFF && finding->id != FINDING_NO_IOMMU_GROUP &&
		    finding->id != FINDING_GROUP_NOT_VIABLE &&
		    finding->id != FINDING_NO_INTERRUPT_REMAPPING)
			continue;
		what = xasprintf("IOMMU: %s: %s [%s]", finding->subject, finding->message,
				 finding_kinds[finding->id].id);
		tell_bad(v, what, finding->remedy);
		good = false;
	}
	snprintf(text, sizeof(text), "on, group %d", v->gpu->iommu_group);
	if (good)
		tell_good("IOMMU", text);
}

static const struct claim *find_claim(const struct claims *claims, struct pci_addr addr)
{
	for (size_t i = 0; i < claims->count; i++)
		if (pci_addr_compare(claims->items[i].address, addr) == 0)
			return &claims->items[i];
	return NULL;
}

static const char *claim_remedy(enum claim_state state)
{
	switch (state) {
	case CLAIM_OFF:
		return "reboot without vfioadm.claim=off on the kernel command line";
	case CLAIM_IDS_DIFFER:
	case CLAIM_ABSENT:
		return "where the card has moved to another place: vfioadm setup --undo, and setup "
		       "again";
	default:
		return "dmesg | grep vfioadm says why; where it says nothing, the initramfs does not know "
		       "the claim: make it anew, and reboot";
	}
}

static void verify_claim(struct verification *v)
{
	const struct host *host = &v->change.host;
	const struct claim *claim = find_claim(&host->claims, v->gpu->addr);
	_cleanup_free_ char *what = NULL, *next = NULL;
	struct claim_standing standing;
	char text[128];

	if (!claim) {
		next = xasprintf("vfioadm claim add %s, or vfioadm setup --undo", v->record->gpu);
		tell_bad(v, "claim: there is none any more", next);
		return;
	}
	standing = claim_standing(host, claim);
	claim_standing_describe(&standing, text, sizeof(text));
	if (standing.state == CLAIM_WON) {
		tell_good("claim", "won: vfio-pci has the card");
		return;
	}
	what = xasprintf("claim %s: %s", claim->name, text);
	tell_bad(v, what, claim_remedy(standing.state));
}

/* What launch --dry-run would say of it. */
static void verify_launch(struct verification *v, struct guest *guest, const char *next)
{
	struct launch_plan plan;
	struct strv *problems = &plan.problems;

	launch_prepare(guest, &plan);
	for (size_t i = 0; i < plan.findings.count; i++)
		if (finding_kinds[plan.findings.items[i].id].severity == SEVERITY_BLOCK)
			strv_addf(problems, "%s: %s", plan.findings.items[i].subject,
				  plan.findings.items[i].message);
	for (size_t i = 0; i < problems->count; i++) {
		_cleanup_free_ char *what = xasprintf("guest %s: %s", guest->name, problems->items[i]);

		tell_bad(v, what, next);
	}
	if (problems->count == 0)
		tell_good("guest", guest->name);
	launch_plan_release(&plan);
}

static void verify_guest(struct verification *v)
{
	const struct host_root *root = &v->invocation->root;
	_cleanup_free_ char *path = NULL, *next = NULL;
	struct guest guest;
	struct error err;

	if (!v->record->guest)
		return;
	path = setup_guest_path(v->record->guest);
	next = xasprintf("correct %s, then   vfioadm launch %s --dry-run", path, v->record->guest);
	if ((root->live && config_file_trusted(root->fd, path, "QEMU", &err) < 0) ||
	    guest_load(root->fd, path + strspn(path, "/"), &guest, &err) < 0) {
		tell_bad(v, err.msg, next);
		return;
	}
	/* QEMU, images and memory are those of the machine that this runs on. */
	if (root->live)
		verify_launch(v, &guest, next);
	else
		tell_good("guest", guest.name);
	guest_release(&guest);
}

static enum exit_code verify_all(struct verification *v)
{
	struct error err;

	if (host_discover_rest(&v->change.host, &err) < 0)
		return fail(&err, CODE_FAILED);
	assess(&v->change.host, &v->change.targets, ASSESS_CHECK, &v->change.findings);
	verify_word(v);
	verify_iommu(v);
	verify_claim(v);
	verify_guest(v);
	return v->failed ? CODE_BLOCKED : CODE_DONE;
}

enum exit_code setup_verify(struct invocation *invocation, const struct setup_record *record)
{
	struct verification v = { .invocation = invocation, .record = record };
	enum exit_code code = change_discover(&v.change, invocation, (char *const *)&record->gpu, 1,
					      COMPANIONS_ALL);
	struct pci_addr addr;
	struct error err;
	bool slot;

	if (code == CODE_DONE && pci_addr_parse(record->gpu, &addr, &slot, &err) == 0)
		v.gpu = pci_functions_find(&v.change.host.functions, addr);
	if (v.gpu)
		code = verify_all(&v);
	else
		log_error("setup: if the card has moved to another place: vfioadm setup --undo, and setup "
			  "again");
	change_release(&v.change);
	if (code != CODE_DONE)
		return code;
	if (record->guest)
		printf("All came about. Next:   vfioadm launch %s\n", record->guest);
	else
		printf("All came about: the card is ready for a guest.\n");
	return CODE_DONE;
}
