/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "apply/claim-file.h"
#include "apply/claim-marks.h"
#include "apply/command.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cmd/change.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "host/files.h"
#include "host/initramfs.h"
#include "host/names.h"
#include "host/pci-config.h"
#include "policy/claim-match.h"
#include "report/text.h"

/* What the next boot needs, in the words of each host. */
static const char *const next_steps[INITRAMFS_KIND_MAX] = {
	[INITRAMFS_UNKNOWN] =
		"no initramfs generator is known here: put vfioadm and its claims into the initramfs "
		"yourself, or enable vfioadm-claims.service, which applies claims later in the boot",
	[INITRAMFS_OSTREE] =
		"this host is image-based: put vfioadm into the image and the claim into its "
		NAME_CLAIMS_DIR_OF_IMAGE ", or make the initramfs on the host: "
		"rpm-ostree initramfs --enable, and reboot. For one boot, or to try, add the word to "
		"the kernel command line: rpm-ostree kargs --append=vfioadm.claim=ADDRESS",
	[INITRAMFS_TOOLS] = "for the next boot to know, run   update-initramfs -u -k all",
	[INITRAMFS_DRACUT] = "for the next boot to know, run   dracut --force --regenerate-all",
	[INITRAMFS_MKINITCPIO] =
		"for the next boot to know, see that vfioadm is among the HOOKS of "
		"/etc/mkinitcpio.conf, and run   mkinitcpio -P",
};

static enum exit_code update_initramfs(enum initramfs_kind kind)
{
	const char *const *command = initramfs_command(kind);
	struct error err;
	int status;

	if (!command) {
		log_error("claim: --update-initramfs: %s", next_steps[kind]);
		return CODE_FAILED;
	}
	status = command_run(command, &err);
	if (status < 0)
		return fail(&err, CODE_FAILED);
	if (status > 0)
		log_error("claim: %s ended with status %d: the claims are written, but the next "
			  "boot does not know them", command[0], status);
	return status ? CODE_FAILED : CODE_DONE;
}

enum exit_code claim_changed(struct invocation *invocation)
{
	enum initramfs_kind kind = initramfs_kind(&invocation->root);

	if (option_given(invocation->options, OPTION_UPDATE_INITRAMFS))
		return update_initramfs(kind);
	log_info("%s", next_steps[kind]);
	return CODE_DONE;
}

/* The new set of claims, for udev's rule. */
static int renew_marks(struct session *session, struct error *err)
{
	struct claims claims;
	int r;

	claims_read(session->apply.root, &claims);
	r = claim_marks_write(&session->state, &claims, err);
	claims_release(&claims);
	return r;
}

/* Of a whole slot it is the GPU that is claimed; its companions go along. */
static const struct pci_function *choose(const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (pci_function_is_display(targets->items[i]))
			return targets->items[i];
	return targets->items[0];
}

/* What would harm the host at each boot; all else is for the administrator to know. */
static const struct finding *first_refusal(const struct finding_list *findings,
					   const struct strv *allow)
{
	for (size_t i = 0; i < findings->count; i++) {
		enum finding_id id = findings->items[i].id;

		if ((id == FINDING_NOT_AN_ENDPOINT || id == FINDING_BOOT_GPU ||
		     id == FINDING_BOOT_FRAMEBUFFER || id == FINDING_ROOT_STORAGE_OR_NETWORK) &&
		    !strv_has(allow, finding_kinds[id].id))
			return &findings->items[i];
	}
	return NULL;
}

static bool has_finding(const struct finding_list *findings, enum finding_id id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].id == id)
			return true;
	return false;
}

static int choose_name(const char *typed, const struct pci_function *f, struct claim *claim,
		       struct error *err)
{
	claim->name = typed ? xstrdup(typed)
			    : xasprintf("%s-%s", pci_function_is_display(f) ? "gpu" : "pci",
					pci_addr_text(f->addr).text);
	for (char *c = claim->name; !typed && *c; c++)
		if (*c == ':')
			*c = '-';
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
	if (claim_file_write(&invocation->root, claim, comment, &err) < 0 ||
	    renew_marks(&session, &err) < 0)
		code = fail(&err, CODE_FAILED);
	session_end(&session);
	if (code != CODE_DONE)
		return code;
	printf("%s/%s.conf: claims %s from the next boot on\n", NAME_CLAIMS_DIR, claim->name,
	       pci_addr_text(claim->address).text);
	return claim_changed(invocation);
}

static char *describe_device(const struct host *host, const struct pci_function *f)
{
	char vendor[128], device[128];

	pci_config_vendor_name(host->config, f->vendor, vendor, sizeof(vendor));
	pci_config_device_name(host->config, f->vendor, f->device, device, sizeof(device));
	return xasprintf("made by vfioadm claim add for %s %s", *vendor ? vendor : "a device",
			 device);
}

static enum exit_code add(struct change *change, struct invocation *invocation,
			  struct claim *claim)
{
	const struct options *options = invocation->options;
	const struct pci_function *f = choose(&change->targets);
	_cleanup_free_ char *comment = describe_device(&change->host, f);
	const struct finding *refusal;
	enum exit_code code;
	struct error err;
	bool same = false;

	claim->address = f->addr;
	claim->ids = (struct value_ids){ true, f->vendor, f->device };
	if (choose_name(options->name, f, claim, &err) < 0)
		return fail(&err, CODE_USAGE);
	host_discover_rest(&change->host);
	assess(&change->host, &change->targets, ASSESS_CHECK, &change->findings);
	claim->boot_gpu = has_finding(&change->findings, FINDING_BOOT_GPU) ||
			  has_finding(&change->findings, FINDING_BOOT_FRAMEBUFFER);
	show(change, f, options->color);
	refusal = first_refusal(&change->findings, &options->allow);
	if (refusal) {
		log_error("claim add: refused, for each boot would do this: %s: %s [%s]",
			  refusal->subject, refusal->message, finding_kinds[refusal->id].id);
		return CODE_BLOCKED;
	}
	code = compare_others(&change->host.claims, claim, &same);
	if (code != CODE_DONE || same)
		return code;
	if (option_given(options, OPTION_DRY_RUN)) {
		_cleanup_free_ char *text = claim_file_text(claim, comment);

		printf("would write %s/%s.conf:\n%s", NAME_CLAIMS_DIR, claim->name, text);
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

static const char *nearest_claim(const struct claims *claims, const char *name)
{
	_cleanup_free_ const char **names = xcalloc(claims->count, sizeof(*names));

	for (size_t i = 0; i < claims->count; i++)
		names[i] = claims->items[i].name;
	return nearest_word(name, names, claims->count, sizeof(*names));
}

static enum exit_code check_removable(const struct invocation *invocation, const char *name)
{
	struct claims claims;
	const struct claim *claim;
	const char *nearest;
	_cleanup_free_ char *file = xasprintf(NAME_CLAIMS_DIR "/%s" CONFIG_SUFFIX, name);
	enum exit_code code = CODE_DONE;

	claims_read(&invocation->root, &claims);
	claim = claims_find(&claims, name);
	if (claim && strcmp(name, CLAIM_CMDLINE) == 0) {
		log_error("claim remove %s: it is on the kernel command line: take the word "
			  "vfioadm.claim= out there", name);
		code = CODE_FAILED;
	} else if (!claim && (!value_is_name(name) || !host_has(&invocation->root, file))) {
		nearest = nearest_claim(&claims, name);
		log_error("claim remove %.80s: there is no claim of this name%s%s; vfioadm claim "
			  "list shows all", name, nearest ? ": did you mean " : "",
			  nearest ? nearest : "");
		code = CODE_FAILED;
	}
	claims_release(&claims);
	return code;
}

enum exit_code claim_remove(struct invocation *invocation)
{
	const char *name = invocation->args[1];
	enum exit_code code = check_removable(invocation, name);
	struct session session;
	struct error err;

	if (code == CODE_DONE)
		code = session_begin_within(&session, invocation, "claim remove",
					    (int)invocation->options->timeout_ms);
	if (code != CODE_DONE)
		return code;
	if (claim_file_remove(&invocation->root, name, &err) < 0 || renew_marks(&session, &err) < 0)
		code = fail(&err, CODE_FAILED);
	session_end(&session);
	if (code != CODE_DONE)
		return code;
	log_info("claim %s: removed; what it took stays with vfio-pci until vfioadm unbind or a "
		 "reboot", name);
	return claim_changed(invocation);
}
