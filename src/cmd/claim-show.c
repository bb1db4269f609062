/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"
#include "cmd/claim.h"
#include "policy/claim-match.h"
#include "report/claims.h"
#include "report/json-views.h"

static enum exit_code look(struct invocation *invocation, struct host *host)
{
	struct error err;

	if (host_discover(&invocation->root, HOST_CLAIMS, host, &err) < 0)
		return fail(&err, CODE_FAILED);
	return CODE_DONE;
}

static void print_problems(const struct claims *claims)
{
	for (size_t i = 0; i < claims->problems.count; i++)
		log_error("%s", claims->problems.items[i]);
	if (claims->off)
		log_info("claims are off: vfioadm.claim=off is on the kernel command line");
}

static void print(const struct host *host, const struct options *options, bool files,
		  const char *verdict)
{
	if (option_given(options, OPTION_JSON)) {
		struct json_object *document = json_document();

		json_put_claims(document, host);
		if (verdict)
			json_put_string(document, "verdict", verdict);
		json_print(document, stdout);
		json_free(document);
		return;
	}
	print_problems(&host->claims);
	if (host->claims.count > 0)
		text_claims(stdout, host, files, options->color);
	else
		log_info("there is no claim");
}

enum exit_code claim_list(struct invocation *invocation)
{
	struct host host;
	enum exit_code code = look(invocation, &host);

	if (code != CODE_DONE)
		return code;
	print(&host, invocation->options, true, NULL);
	host_release(&host);
	return CODE_DONE;
}

static bool all_won(const struct host *host)
{
	bool won = host->claims.off || host->claims.problems.count == 0;

	for (size_t i = 0; !host->claims.off && i < host->claims.count; i++)
		won &= claim_standing(host, &host->claims.items[i]).state == CLAIM_WON;
	return won;
}

enum exit_code claim_verify(struct invocation *invocation)
{
	struct host host;
	enum exit_code code = look(invocation, &host);
	bool won;

	if (code != CODE_DONE)
		return code;
	won = all_won(&host);
	print(&host, invocation->options, false, host.claims.off ? "off" : won ? "won" : "lost");
	if (!won && !option_given(invocation->options, OPTION_JSON))
		log_info("a claim that is younger than this boot is made at the next, or now by   "
			 "vfioadm claim apply   else   dmesg | grep vfioadm   says why one is lost");
	host_release(&host);
	return won ? CODE_DONE : CODE_BLOCKED;
}
