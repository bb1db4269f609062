/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/claim-marks.h"
#include "base/command.h"
#include "base/log.h"
#include "base/read-failure.h"
#include "cmd/claim.h"
#include "host/initramfs.h"
#include "host/names.h"

/* What to do where there is no command to run. */
static const char *const without_command[INITRAMFS_KIND_MAX] = {
	[INITRAMFS_UNKNOWN] =
		"no initramfs generator is known here: put vfioadm and its claims into the initramfs "
		"yourself, or enable vfioadm-claims.service, which applies claims later in the boot",
	[INITRAMFS_OSTREE] =
		"the initramfs of this host is made with its image: install vfioadm in the image, put "
		"the claim into the image's " NAME_CLAIMS_DIR_OF_IMAGE ", and have dracut make its "
		"initramfs there; or enable vfioadm-claims.service here, which applies claims later in "
		"the boot",
};

/* What belongs to the command. */
static const char *const beside_command[INITRAMFS_KIND_MAX] = {
	[INITRAMFS_RPM_OSTREE] =
		"; then reboot. Where vfioadm is a layered package, and so not in the image's own "
		"initramfs, run once before that   rpm-ostree initramfs --enable",
	[INITRAMFS_SNAPSHOT] = "; then reboot into the snapshot that it makes",
	[INITRAMFS_MKINITCPIO] = "; vfioadm has to be among the HOOKS of /etc/mkinitcpio.conf",
};

static void say(const char *what, enum initramfs_kind kind)
{
	_cleanup_free_ char *command = strv_join(initramfs_command(kind), " ");

	log_info("%s   %s%s", what, command, beside_command[kind] ? beside_command[kind] : "");
}

void claim_say_written(const struct claim *claim)
{
	printf(NAME_CLAIMS_DIR "/%s" CONFIG_SUFFIX ": claims %s from the next boot on\n",
	       claim->name, pci_addr_text(claim->address).text);
}

void claim_say_next(const struct host_root *root)
{
	enum initramfs_kind kind = initramfs_kind(root);

	if (initramfs_command(kind))
		say("for the next boot to know, run", kind);
	else
		log_info("%s", without_command[kind]);
}

void claim_say_ran(const struct host_root *root)
{
	say("this has run:", initramfs_kind(root));
}

static enum exit_code update_initramfs(enum initramfs_kind kind)
{
	const char *const *command = initramfs_command(kind);
	struct error err;
	int status;

	if (!command) {
		log_error("claim: --update-initramfs: %s", without_command[kind]);
		return CODE_FAILED;
	}
	status = command_run(command, &err);
	if (status < 0)
		return fail(&err, CODE_FAILED);
	if (status > 0)
		log_error("claim: %s ended with status %d: the claims are written, but the next "
			  "boot does not know them", command[0], status);
	else
		say("this has run:", kind);
	return status ? CODE_FAILED : CODE_DONE;
}

enum exit_code claim_changed(struct invocation *invocation)
{
	if (option_given(invocation->options, OPTION_UPDATE_INITRAMFS))
		return update_initramfs(initramfs_kind(&invocation->root));
	claim_say_next(&invocation->root);
	return CODE_DONE;
}

int claim_renew_marks(struct session *session, struct error *err)
{
	struct claims claims;
	int r = -1;

	/* Going back would fail in the same way as going on, which is tried once more. */
	for (int tries = 0; r < 0 && tries < 2; tries++) {
		read_failure_forget();
		claims_read(session->apply.root, &claims);
		r = read_failure_check(err);
		if (r == 0)
			r = claim_marks_write(&session->state, &claims, err);
		claims_release(&claims);
	}
	return r < 0 ? error_prefix(err, "the claims are as asked for, but udev does not know before "
				    "vfioadm claim apply has run") : 0;
}
