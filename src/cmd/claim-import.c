/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/claim-import.h"

#include "apply/claim-file.h"
#include "base/log.h"
#include "base/read-failure.h"
#include "cmd/claim.h"
#include "cmd/session.h"
#include "host/names.h"
#include "report/claim-import.h"
#include "report/json-views.h"

static enum exit_code look(struct invocation *invocation, struct host *host)
{
	_cleanup_free_ struct pci_addr *addrs = NULL;
	struct error err;
	size_t count;

	if (host_discover(&invocation->root, HOST_MODULES | HOST_HELD, host, &err) < 0 ||
	    host_discover_rest(host, &err) < 0)
		return fail(&err, CODE_FAILED);
	addrs = claim_import_candidates(host, &count);
	host_discover_targets(host, addrs, count);
	return read_failure_check(&err) < 0 ? fail(&err, CODE_FAILED) : CODE_DONE;
}

/* Half of what another tool was told would be another thing. */
static enum exit_code check_problems(const struct host *host)
{
	const struct strv *problems = &host->rivals.problems, *of_claims = &host->claims.problems;

	for (size_t i = 0; i < problems->count; i++)
		log_error("claim import: %s", problems->items[i]);
	for (size_t i = 0; i < of_claims->count; i++)
		log_error("claim import: %s", of_claims->items[i]);
	if (problems->count + of_claims->count == 0)
		return CODE_DONE;
	log_error("claim import: nothing was changed: correct or remove that, then run it again");
	return CODE_USAGE;
}

static enum exit_code judge(const struct claim_import *import)
{
	for (size_t i = 0; import->claim_count == 0 && i < import->count; i++)
		if (import->items[i].fate == IMPORT_REFUSED)
			return CODE_BLOCKED;
	return CODE_DONE;
}

/* In reverse. CODE_FAILED: none was written, CODE_UNDONE, or CODE_STUCK. */
static enum exit_code take_back(const struct host_root *root, const struct claim_import *import,
				size_t written)
{
	enum exit_code code = written > 0 ? CODE_UNDONE : CODE_FAILED;
	struct error err;

	while (written-- > 0)
		if (claim_file_remove(root, import->claims[written].claim.name, &err) < 0)
			code = fail(&err, CODE_STUCK);
	return code;
}

static enum exit_code write_all(const struct host_root *root, const struct claim_import *import)
{
	struct error err;
	enum exit_code code;

	for (size_t i = 0; i < import->claim_count; i++) {
		const struct import_claim *item = &import->claims[i];

		if (claim_file_write(root, &item->claim, item->comment, &err) == 0)
			continue;
		code = take_back(root, import, i);
		log_error("claim import: %s; %s", err.msg,
			  code == CODE_FAILED   ? "nothing was changed"
			  : code == CODE_UNDONE ? "the claims written before it were removed again"
						: "not every claim written before it could be removed: "
						  "vfioadm claim list shows them");
		return code;
	}
	return CODE_DONE;
}

static enum exit_code write_claims(struct invocation *invocation, const struct claim_import *import)
{
	struct session session;
	struct error err;
	enum exit_code code = session_begin_within(&session, invocation, "claim import",
						   (int)invocation->options->timeout_ms);

	if (code != CODE_DONE)
		return code;
	code = write_all(&invocation->root, import);
	if (claim_renew_marks(&session, &err) < 0)
		code = fail(&err, CODE_STUCK);
	session_end(&session);
	return code;
}

static void print_files(const struct claim_import *import, bool written)
{
	for (size_t i = 0; i < import->claim_count; i++) {
		const struct claim *claim = &import->claims[i].claim;
		_cleanup_free_ char *text = NULL;

		if (written) {
			claim_say_written(claim);
			continue;
		}
		text = claim_file_text(claim, import->claims[i].comment);
		printf("would write " NAME_CLAIMS_DIR "/%s" CONFIG_SUFFIX ":\n%s", claim->name, text);
	}
}

static void print_json(const struct claim_import *import, enum exit_code code, bool dry_run)
{
	struct json_object *document = json_document();

	json_put_claim_import(document, import);
	json_put_string(document, "result",
			exit_code_result(code, import->claim_count == 0, dry_run));
	json_print(document, stdout);
	json_free(document);
}

static void say_nothing(const struct claim_import *import)
{
	if (import->count == 0)
		log_info("nothing to import: driverctl has saved no override, and neither modprobe.d nor "
			 "the kernel command line gives ids to vfio-pci");
	else
		log_info("nothing to write: no claim is to be made of these");
}

static enum exit_code carry_out(struct invocation *invocation, const struct claim_import *import)
{
	bool json = option_given(invocation->options, OPTION_JSON);
	bool dry_run = option_given(invocation->options, OPTION_DRY_RUN);
	enum exit_code code = judge(import);
	bool todo = import->claim_count > 0;

	if (!json && import->count > 0)
		text_claim_import(stdout, import, invocation->options->color);
	if (code == CODE_DONE && todo && !dry_run)
		code = write_claims(invocation, import);
	if (json)
		print_json(import, code, dry_run);
	else if (code == CODE_DONE)
		print_files(import, !dry_run);
	if (code == CODE_BLOCKED)
		log_error("claim import: refused for the reasons above; nothing was changed");
	if (code != CODE_DONE)
		return code;
	if (!todo)
		say_nothing(import);
	if (!json)
		text_claim_removals(stdout, import);
	if (!todo && import->removal_count == 0)
		return CODE_DONE;
	fflush(stdout);
	if (todo && !dry_run)
		return claim_changed(invocation);
	claim_say_next(&invocation->root);
	return CODE_DONE;
}

enum exit_code claim_import(struct invocation *invocation)
{
	struct host host = { 0 };
	struct claim_import import = { 0 };
	enum exit_code code = look(invocation, &host);

	if (code == CODE_DONE)
		code = check_problems(&host);
	if (code == CODE_DONE) {
		claim_import_make(&host, &invocation->options->allow, &import);
		code = carry_out(invocation, &import);
	}
	claim_import_release(&import);
	host_release(&host);
	return code;
}
