/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/claim-marks.h"
#include "base/command.h"
#include "base/log.h"
#include "cmd/claim.h"
#include "host/initramfs.h"
#include "host/names.h"

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

int claim_renew_marks(struct session *session, struct error *err)
{
	struct claims claims;
	int r;

	claims_read(session->apply.root, &claims);
	r = claim_marks_write(&session->state, &claims, err);
	claims_release(&claims);
	return r;
}
