/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "apply/claim-marks.h"
#include "apply/txn.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/read-failure.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "host/names.h"
#include "policy/claim-match.h"
#include "policy/plan.h"

/* In the initramfs nobody waits longer for one driver, or for another vfioadm. */
#define EARLY_TIMEOUT_MS 5000

/* One run of claim apply. */
struct applying {
	struct invocation *invocation;
	struct session session;
	struct host host;
	bool *stopped; /* by claim: it is not applied, and that was said */
	bool changed;  /* something is not as it was found */
	bool early;
	const struct pci_addr *only; /* of a uevent; NULL: all */
};

static bool is_meant(const struct applying *a, const struct claim *claim)
{
	return !a->only || claim_covers(claim, *a->only);
}

/* "claim gpu: 0000:01:00.0" */
#define CLAIM_FMT "claim %s: %s"
#define CLAIM_ARGS(claim) (claim)->name, pci_addr_text((claim)->address).text

static enum exit_code worse(enum exit_code a, enum exit_code b)
{
	return a > b ? a : b;
}

/* What every look begins with, and all that it takes to see who has what. */
static int look_at_host(struct applying *a, unsigned int parts)
{
	struct error err;
	int r;

	host_release(&a->host);
	r = host_discover(&a->invocation->root, parts | HOST_HELD | HOST_CLAIMS, &a->host, &err);
	if (r < 0) {
		a->host = (struct host){ 0 };
		log_error("claims: %s", err.msg);
	}
	return r;
}

static int end_look(void)
{
	struct error err;
	int r = read_failure_check(&err);

	if (r < 0)
		log_error("claims: %s", err.msg);
	read_failure_forget();
	return r;
}

static int look(struct applying *a, unsigned int parts)
{
	struct targets targets = { 0 };
	struct pci_addr *addrs;
	int r = look_at_host(a, parts);

	if (r < 0)
		return r;
	for (size_t i = 0; i < a->host.claims.count; i++)
		if (is_meant(a, &a->host.claims.items[i]))
			claim_add_targets(&a->host, &a->host.claims.items[i], &targets);
	addrs = targets_addrs(&targets);
	host_discover_targets(&a->host, addrs, targets.count);
	free(addrs);
	targets_release(&targets);
	return end_look();
}

/* What to do about it, where for a claim that is not what bind would say. */
static const char *remedy(const struct finding *finding)
{
	if (finding->id == FINDING_BOOT_GPU || finding->id == FINDING_BOOT_FRAMEBUFFER)
		return "boot-gpu=yes in the claim's file claims it all the same, if this host can be "
		       "reached without its screen";
	return finding->remedy;
}

/* Says why, unless the claim can be applied as far as one can see. */
static bool stop(struct applying *a, const struct claim *claim, const struct targets *targets)
{
	struct finding_list findings = { 0 };
	const struct finding *finding;

	if (targets->count == 0) {
		log_error(CLAIM_FMT ": not applied: there is no such device; vfioadm list --all "
			  "shows every device", CLAIM_ARGS(claim));
		return true;
	}
	claim_assess(&a->host, claim, targets, &findings);
	finding = claim_first_stop(claim, &findings);
	if (finding)
		log_error(CLAIM_FMT ": not applied: %s [%s]; %s", CLAIM_ARGS(claim),
			  finding->message, finding_kinds[finding->id].id, remedy(finding));
	finding_list_release(&findings);
	return finding;
}

static enum exit_code code_of(enum txn_result result)
{
	static const enum exit_code codes[] = {
		[TXN_DONE] = CODE_DONE, [TXN_REFUSED] = CODE_FAILED,
		[TXN_UNDONE] = CODE_UNDONE, [TXN_LOST] = CODE_STUCK,
		[TXN_STUCK] = CODE_STUCK,
	};

	return codes[result];
}

static enum exit_code run(struct applying *a, const struct claim *claim, struct step_list *plan)
{
	struct error err, remains;
	enum txn_result result;

	plan_name_claim(plan, claim->name);
	result = txn_run(&a->session.apply, plan, &err, &remains);
	a->changed |= result == TXN_DONE && plan->count > 0;
	if (result == TXN_STUCK)
		log_error(CLAIM_FMT ": %s; not everything could be put back: %s; when it is free, "
			  "run vfioadm recover", CLAIM_ARGS(claim), err.msg, remains.msg);
	else if (result == TXN_LOST)
		log_error(CLAIM_FMT ": %s; everything was put back, but this: %s",
			  CLAIM_ARGS(claim), err.msg, remains.msg);
	else if (result != TXN_DONE)
		log_error(CLAIM_FMT ": %s", CLAIM_ARGS(claim), err.msg);
	return code_of(result);
}

/* The override of every device that has no driver yet, before anything else is done. */
static enum exit_code keep(struct applying *a, size_t index)
{
	const struct claim *claim = &a->host.claims.items[index];
	struct targets targets = { 0 };
	struct step_list plan = { 0 };
	enum exit_code code = CODE_DONE;
	struct error err;

	claim_add_targets(&a->host, claim, &targets);
	a->stopped[index] = stop(a, claim, &targets);
	if (a->stopped[index])
		code = CODE_BLOCKED;
	else if (plan_keep(&a->host, &targets, time(NULL), &plan, &err) < 0)
		code = fail(&err, CODE_FAILED);
	else
		code = run(a, claim, &plan);
	step_list_release(&plan);
	targets_release(&targets);
	return code;
}

/* Without udev there is nobody to wait for, and udev itself waits for us. */
static void drop_waits(const struct applying *a, struct step_list *plan)
{
	while ((a->early || a->only) && plan->count > 0 &&
	       plan->items[plan->count - 1].kind == STEP_WAIT_NODE)
		plan->count--;
}

static enum exit_code bind(struct applying *a, size_t index)
{
	const struct claim *claim = &a->host.claims.items[index];
	struct targets targets = { 0 };
	struct step_list plan = { 0 };
	enum exit_code code;
	struct error err;

	claim_add_targets(&a->host, claim, &targets);
	if (plan_bind(&a->host, &targets, false, time(NULL), &plan, &err) < 0) {
		code = fail(&err, CODE_FAILED);
	} else {
		drop_waits(a, &plan);
		code = run(a, claim, &plan);
	}
	step_list_release(&plan);
	targets_release(&targets);
	return code;
}

/* What has no driver is bound first: whoever has to be waited for must not keep the others. */
static bool has_driver(const struct applying *a, const struct claim *claim)
{
	const struct pci_function *f = pci_functions_find(&a->host.functions, claim->address);

	return f && f->driver;
}

/* The last word on each claim, from what sysfs says now; has vfio-pci what it was to have? */
static bool report(struct applying *a)
{
	bool all_won = true;
	char text[128];

	for (size_t i = 0; i < a->host.claims.count; i++) {
		const struct claim *claim = &a->host.claims.items[i];
		struct claim_standing standing = claim_standing(&a->host, claim);

		if (!is_meant(a, claim) || a->stopped[i])
			continue;
		claim_standing_describe(&standing, text, sizeof(text));
		if (standing.state == CLAIM_LOST && !standing.loser->driver)
			log_error(CLAIM_FMT ": kept from the host's drivers, but vfio-pci does not "
				  "have it yet", CLAIM_ARGS(claim));
		else if (standing.state == CLAIM_LOST)
			log_error(CLAIM_FMT ": %s", CLAIM_ARGS(claim), text);
		else
			log_info(CLAIM_FMT ": %s: vfio-pci has it", CLAIM_ARGS(claim), text);
		all_won &= standing.state == CLAIM_WON;
	}
	return all_won;
}

static bool all_stopped(const struct applying *a)
{
	for (size_t i = 0; i < a->host.claims.count; i++)
		if (is_meant(a, &a->host.claims.items[i]) && !a->stopped[i])
			return false;
	return true;
}

static enum exit_code apply_all(struct applying *a)
{
	enum exit_code code = CODE_DONE;

	if (look(a, 0) < 0)
		return CODE_FAILED;
	a->stopped = xcalloc(a->host.claims.count, sizeof(*a->stopped));
	for (size_t i = 0; i < a->host.claims.count; i++)
		if (is_meant(a, &a->host.claims.items[i]))
			code = worse(code, keep(a, i));
	if (all_stopped(a))
		return code;
	/* The next look opens libkmod, and starts another: one that has it, to load the modules. */
	helper_stop(&a->session.apply.helper);
	if (look(a, HOST_MODULES) < 0) {
		log_error("claims: %s: run vfioadm claim apply again",
			  a->changed ? "their overrides are written, and no more"
				     : "not applied");
		return worse(code, CODE_FAILED);
	}
	for (int with_driver = 0; with_driver < 2; with_driver++)
		for (size_t i = 0; i < a->host.claims.count; i++)
			if (is_meant(a, &a->host.claims.items[i]) && !a->stopped[i] &&
			    has_driver(a, &a->host.claims.items[i]) == with_driver)
				code = worse(code, bind(a, i));
	if (look_at_host(a, 0) < 0 || end_look() < 0) {
		log_error("claims: what came of it was not seen: vfioadm claim verify says it");
		return worse(code, CODE_FAILED);
	}
	/* Of a card that is being plugged in, another function may have come since: it has its own uevent. */
	if (!report(a) && !a->only)
		code = worse(code, CODE_FAILED);
	return code;
}

static void say_off(const struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		log_info(CLAIM_FMT ": off: vfioadm.claim=off is on the kernel command line",
			 CLAIM_ARGS(&claims->items[i]));
}

static size_t count_meant(const struct applying *a, const struct claims *claims)
{
	size_t count = 0;

	for (size_t i = 0; i < claims->count; i++)
		count += is_meant(a, &claims->items[i]);
	return count;
}

static enum exit_code apply(struct applying *a, const struct claims *claims)
{
	int wait_ms = a->early ? EARLY_TIMEOUT_MS : (int)a->invocation->options->timeout_ms;
	enum exit_code code = session_begin_within(&a->session, a->invocation, "claim apply",
						   wait_ms);
	struct error err;

	if (code != CODE_DONE)
		return code;
	if (a->early && !option_given(a->invocation->options, OPTION_TIMEOUT))
		a->session.apply.timeout_ms = EARLY_TIMEOUT_MS;
	if (!a->only && claim_marks_write(&a->session.state, claims, &err) < 0)
		code = fail(&err, CODE_FAILED);
	if (claims->off)
		say_off(claims);
	else if (count_meant(a, claims) > 0)
		code = worse(code, apply_all(a));
	/* 1 would say that nothing was changed, and 4 that nothing is any more. */
	if (a->changed && (code == CODE_FAILED || code == CODE_UNDONE))
		code = CODE_STUCK;
	free(a->stopped);
	host_release(&a->host);
	session_end(&a->session);
	return code;
}

static enum exit_code read_and_apply(struct applying *a)
{
	enum exit_code code = CODE_DONE;
	struct claims claims;
	struct error err;

	claims_read(&a->invocation->root, &claims);
	if (!a->only || read_failure_check(&err) < 0 || count_meant(a, &claims) > 0) {
		bool unread;

		for (size_t i = 0; i < claims.problems.count; i++) {
			log_error("%s", claims.problems.items[i]);
			code = CODE_USAGE;
		}
		/* Among what is not known may be vfioadm.claim=off. */
		unread = end_look() < 0;
		if (unread)
			code = CODE_FAILED;
		if (a->early ? claims.count > 0 : !unread)
			code = worse(code, apply(a, &claims));
		if (claims.count == 0 && !a->early)
			log_info("there is no claim");
	}
	claims_release(&claims);
	return code;
}

enum exit_code claim_apply(struct invocation *invocation)
{
	struct applying a = {
		.invocation = invocation,
		.early = option_given(invocation->options, OPTION_EARLY),
	};
	struct pci_addr only;
	enum exit_code code;
	struct error err;

	if (invocation->options->udev) {
		if (pci_addr_parse(invocation->options->udev, &only, NULL, &err) < 0)
			return fail(&err, CODE_USAGE);
		a.only = &only;
	}
	if (a.early)
		log_to_kernel();
	code = read_and_apply(&a);
	return a.early ? CODE_DONE : code;
}
