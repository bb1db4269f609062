/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/change.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "apply/txn.h"
#include "base/log.h"
#include "base/read-failure.h"
#include "cmd/session.h"
#include "cmd/stuck.h"
#include "report/text.h"

/* A malformed DEVICE must not cost a look at the host, nor be hidden by an absent one before it. */
static enum exit_code check_spelling(char *const *devices, size_t count)
{
	uint16_t vendor, device;
	struct pci_addr addr;
	struct error err;
	bool slot;

	for (size_t i = 0; i < count; i++)
		if (pci_ids_parse(devices[i], &vendor, &device) < 0 &&
		    pci_addr_parse(devices[i], &addr, &slot, &err) < 0)
			return fail(&err, CODE_USAGE);
	return CODE_DONE;
}

static bool targets_lack_group(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i]->iommu_group < 0)
			return true;
	return false;
}

/* The closer look at what the change is about. */
static void discover_targets(struct change *change)
{
	_cleanup_free_ struct pci_addr *addrs = targets_addrs(&change->targets);

	host_discover_targets(&change->host, addrs, change->targets.count);
	/* Why there is no IOMMU, or none for a device, is in the firmware or the command line. */
	if (!change->host.iommu.active || targets_lack_group(&change->targets))
		host_discover_platform(&change->host);
}

static enum exit_code discover_host(struct change *change, struct invocation *invocation)
{
	struct error err;

	if (host_discover(&invocation->root, HOST_MODULES | HOST_HELD, &change->host, &err) < 0)
		return fail(&err, CODE_FAILED);
	/* Before a device is said not to be there. */
	return read_failure_check(&err) < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
}

static enum exit_code discover_rest(struct change *change, const struct invocation *invocation,
				    enum companions companions)
{
	struct error err;

	if (companions == COMPANIONS_ALL)
		targets_add_companions(&change->targets, &change->host);
	else if (companions == COMPANIONS_HELD)
		targets_add_held_companions(&change->targets, &change->host);
	if (option_given(invocation->options, OPTION_GROUP))
		targets_add_group_members(&change->targets, &change->host);
	discover_targets(change);
	return read_failure_check(&err) < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
}

enum exit_code change_discover(struct change *change, struct invocation *invocation,
			       char *const *devices, size_t count,
			       enum companions companions)
{
	enum exit_code code = check_spelling(devices, count);
	struct error err;

	*change = (struct change){ 0 };
	if (code == CODE_DONE)
		code = discover_host(change, invocation);
	if (code != CODE_DONE)
		return code;
	for (size_t i = 0; i < count; i++)
		if (targets_add_device(&change->targets, &change->host, devices[i], &err) < 0)
			code = fail(&err, CODE_FAILED);
	return code == CODE_DONE ? discover_rest(change, invocation, companions) : code;
}

enum exit_code change_discover_gpus(struct change *change, struct invocation *invocation)
{
	enum exit_code code;

	*change = (struct change){ 0 };
	code = discover_host(change, invocation);
	if (code != CODE_DONE)
		return code;
	targets_add_gpus(&change->targets, &change->host);
	return discover_rest(change, invocation, COMPANIONS_ALL);
}

enum exit_code change_plan(struct change *change, const struct options *options,
			   enum assess_purpose purpose)
{
	bool despite_blacklist =
		strv_has(&options->allow, finding_kinds[FINDING_MODULE_BLACKLISTED].id);
	struct error err;
	int r;

	assess(&change->host, &change->targets, purpose, &change->findings);
	if (purpose == ASSESS_BIND)
		r = plan_bind(&change->host, &change->targets, despite_blacklist, time(NULL),
			      &change->plan, &err);
	else
		r = plan_unbind(&change->host, &change->targets,
				option_given(options, OPTION_RESET), &change->plan, &err);
	if (r < 0)
		return fail(&err, CODE_FAILED);
	return assess_first_block(&change->findings, &options->allow) ? CODE_BLOCKED : CODE_DONE;
}

static enum exit_code report(enum txn_result result, const struct error *err,
			     const struct error *remains)
{
	switch (result) {
	case TXN_DONE:
		return CODE_DONE;
	case TXN_REFUSED:
		return fail(err, CODE_FAILED);
	case TXN_UNDONE:
		log_error("%s; everything was put back", err->msg);
		return CODE_UNDONE;
	case TXN_LOST:
		log_error("%s", err->msg);
		log_error("everything was put back, but this: %s", remains->msg);
		return CODE_STUCK;
	default:
		log_error("%s", err->msg);
		log_error("not everything could be put back: %s; when it is free, run vfioadm "
			  "recover", remains->msg);
		return CODE_STUCK;
	}
}

static enum exit_code run(const struct change *change, struct invocation *invocation,
			  const char *purpose, const struct guest_dir *dir)
{
	struct session session;
	struct error err, remains;
	enum txn_result result;
	enum exit_code code = session_begin(&session, invocation, purpose);

	if (code != CODE_DONE)
		return code;
	if (dir) {
		session.state.journal_dirfd = dir->fd;
		session.apply.keep_journal = true;
	}
	result = txn_run(&session.apply, &change->plan, &err, &remains);
	session_end(&session);
	code = report(result, &err, &remains);
	if (result == TXN_STUCK && err.code == -ETIMEDOUT)
		stuck_tell_holders(&invocation->root, &change->host.holders);
	return code;
}

enum exit_code change_apply(const struct change *change, struct invocation *invocation,
			    const char *purpose)
{
	return run(change, invocation, purpose, NULL);
}

enum exit_code change_apply_for_guest(const struct change *change, struct invocation *invocation,
				      const struct guest_dir *dir)
{
	return run(change, invocation, "launch", dir);
}

void change_release(struct change *change)
{
	step_list_release(&change->plan);
	finding_list_release(&change->findings);
	targets_release(&change->targets);
	host_release(&change->host);
}
