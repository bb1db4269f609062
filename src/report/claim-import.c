/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/claim-import.h"

#include "host/names.h"
#include "report/claims.h"
#include "report/table.h"

static void add_place(struct table *table, const struct import_item *item)
{
	if (item->line)
		table_cell(table, "%s:%u", item->where, item->line);
	else
		table_cell(table, "%s", item->where);
}

static void add_fate(struct table *table, const struct import_item *item)
{
	if (item->fate == IMPORT_CLAIM)
		table_cell(table, "claim %s", item->claim);
	else if (item->fate == IMPORT_CLAIMED)
		table_cell(table, "nothing: the claim %s has it already", item->claim);
	else
		table_cell(table, "nothing: %s", item->why);
}

void text_claim_import(FILE *out, const struct claim_import *import, bool color)
{
	static const char *const headings[] = { "FROM", "SAYS", "DEVICE", "BECOMES" };
	struct table table;

	table_init(&table, headings, ARRAY_SIZE(headings));
	for (size_t i = 0; i < import->count; i++) {
		const struct import_item *item = &import->items[i];
		const struct pci_function *f = item->function;

		add_place(&table, item);
		table_cell(&table, "%s", *item->text ? item->text : "-");
		table_cell(&table, "%s", f ? pci_addr_text(f->addr).text : "-");
		add_fate(&table, item);
	}
	table_print(&table, out, color);
	table_release(&table);
}

void text_claim_removals(FILE *out, const struct claim_import *import)
{
	for (size_t i = 0; i < import->notes.count; i++)
		fprintf(out, "note: %s\n", import->notes.items[i]);
	if (import->removal_count == 0)
		return;
	fprintf(out, "\nWhat these claims take the place of is still there, and decides as well. For you to "
		     "end, before the\ninitramfs is made anew:\n");
	for (size_t i = 0; i < import->removal_count; i++)
		fprintf(out, "  %s\n", import->removals[i].remedy);
}

static void put_place(struct json_object *object, const char *where, unsigned int line)
{
	json_put_string(object, "from", where);
	if (line)
		json_put_int(object, "line", line);
	else
		json_put_null(object, "line");
}

static void put_item(struct json_object *object, const struct import_item *item)
{
	const struct pci_function *f = item->function;

	put_place(object, item->where, item->line);
	json_put_string(object, "text", item->text);
	json_put_string(object, "address", f ? pci_addr_text(f->addr).text : NULL);
	json_put_string(object, "becomes", import_fate_to_string(item->fate));
	json_put_string(object, "claim", item->claim);
	json_put_string(object, "message", item->why);
}

static void put_claim(struct json_object *object, const struct claim *claim)
{
	json_put_string(object, "name", claim->name);
	json_put_stringf(object, "file", NAME_CLAIMS_DIR "/%s" CONFIG_SUFFIX, claim->name);
	json_put_claim_device(object, claim);
	json_put_bool(object, "boot_gpu", claim->boot_gpu);
}

void json_put_claim_import(struct json_object *document, const struct claim_import *import)
{
	struct json_object *items = json_put_array(document, "items");
	struct json_object *claims = json_put_array(document, "claims");
	struct json_object *removals = json_put_array(document, "remove");
	struct json_object *notes = json_put_array(document, "notes");

	for (size_t i = 0; i < import->count; i++)
		put_item(json_add_object(items), &import->items[i]);
	for (size_t i = 0; i < import->claim_count; i++)
		put_claim(json_add_object(claims), &import->claims[i].claim);
	for (size_t i = 0; i < import->removal_count; i++) {
		struct json_object *removal = json_add_object(removals);

		put_place(removal, import->removals[i].where, import->removals[i].line);
		json_put_string(removal, "remedy", import->removals[i].remedy);
	}
	for (size_t i = 0; i < import->notes.count; i++)
		json_add_string(notes, import->notes.items[i]);
}
