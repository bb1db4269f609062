/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "apply/claim-file.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cmd/claim.h"
#include "host/files.h"
#include "host/names.h"

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

static bool is_claimed(const struct invocation *invocation, const char *name)
{
	struct claims claims;
	bool found;

	claims_read(&invocation->root, &claims);
	found = claims_find(&claims, name);
	claims_release(&claims);
	return found;
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
	if (claim_file_remove(&invocation->root, name, &err) < 0)
		code = fail(&err, is_claimed(invocation, name) ? CODE_FAILED : CODE_STUCK);
	if (code != CODE_FAILED && claim_renew_marks(&session, &err) < 0)
		code = fail(&err, CODE_STUCK);
	session_end(&session);
	if (code != CODE_DONE)
		return code;
	log_info("claim %s: removed; what it took stays with vfio-pci until vfioadm unbind or a "
		 "reboot", name);
	return claim_changed(invocation);
}
