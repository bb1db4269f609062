/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/claims.h"

#include "policy/claim-match.h"
#include "report/table.h"

static void add_ids(struct table *table, const struct claim *claim)
{
	if (claim->ids.given)
		table_cell(table, "%04x:%04x", claim->ids.vendor, claim->ids.device);
	else
		table_cell(table, "-");
}

static const char *functions_word(const struct claim *claim)
{
	return claim->functions == CLAIM_ONLY ? "only" : "slot";
}

void text_claims(FILE *out, const struct host *host, bool files, bool color)
{
	static const char *const headings[] = { "NAME",  "ADDRESS", "STATE",
						"IDS",   "FUNCTIONS", "FILE" };
	struct table table;
	char state[128];

	table_init(&table, headings, files ? ARRAY_SIZE(headings) : 3);
	for (size_t i = 0; i < host->claims.count; i++) {
		const struct claim *claim = &host->claims.items[i];
		struct claim_standing standing = claim_standing(host, claim);

		claim_standing_describe(&standing, state, sizeof(state));
		table_cell(&table, "%s", claim->name);
		table_cell(&table, "%s", pci_addr_text(claim->address).text);
		table_cell(&table, "%s", state);
		if (!files)
			continue;
		add_ids(&table, claim);
		table_cell(&table, "%s", functions_word(claim));
		table_cell(&table, "%s", claim->file);
	}
	table_print(&table, out, color);
	table_release(&table);
}

void json_put_claim_device(struct json_object *item, const struct claim *claim)
{
	json_put_string(item, "address", pci_addr_text(claim->address).text);
	if (claim->ids.given)
		json_put_stringf(item, "ids", "%04x:%04x", claim->ids.vendor, claim->ids.device);
	else
		json_put_null(item, "ids");
	json_put_string(item, "functions", functions_word(claim));
}

static void put_claim(struct json_object *item, const struct host *host, const struct claim *claim)
{
	struct claim_standing standing = claim_standing(host, claim);
	const struct pci_function *loser = standing.loser;

	json_put_string(item, "name", claim->name);
	json_put_string(item, "file", claim->file);
	json_put_claim_device(item, claim);
	json_put_string(item, "driver", "vfio-pci");
	json_put_bool(item, "boot_gpu", claim->boot_gpu);
	json_put_string(item, "state", claim_state_to_string(standing.state));
	json_put_string(item, "lost_address", loser ? pci_addr_text(loser->addr).text : NULL);
	json_put_string(item, "lost_to", loser ? loser->driver : NULL);
}

void json_put_claims(struct json_object *document, const struct host *host)
{
	struct json_object *claims = json_put_array(document, "claims"), *problems;

	for (size_t i = 0; i < host->claims.count; i++)
		put_claim(json_add_object(claims), host, &host->claims.items[i]);
	json_put_bool(document, "off", host->claims.off);
	problems = json_put_array(document, "problems");
	for (size_t i = 0; i < host->claims.problems.count; i++)
		json_add_string(problems, host->claims.problems.items[i]);
}
