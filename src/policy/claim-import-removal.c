/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/claim-import-removal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/boot-remedy.h"

static bool is_from(const struct import_item *item, const struct ids_source *source)
{
	return item->line == source->line && strcmp(item->where, source->where) == 0;
}

/* Some claim has what vfio-pci has by the source. */
static bool is_replaced(const struct claim_import *import, const struct ids_source *source)
{
	for (size_t i = 0; i < import->count; i++)
		if (is_from(&import->items[i], source) && (import->items[i].fate == IMPORT_CLAIM ||
							   import->items[i].fate == IMPORT_CLAIMED))
			return true;
	return false;
}

/* ", with which vfio-pci loses 0000:00:02.0"; "" where it loses nothing. To be freed. */
static char *describe_loss(const struct claim_import *import, const struct ids_source *source)
{
	char *loss = NULL;
	size_t size;
	FILE *out = xopen_memstream(&loss, &size);
	const char *before = "; with that vfio-pci loses ";

	for (size_t i = 0; i < import->count; i++)
		if (is_from(&import->items[i], source) && import->items[i].fate == IMPORT_REFUSED) {
			fprintf(out, "%s%s", before,
				pci_addr_text(import->items[i].function->addr).text);
			before = ", ";
		}
	fclose(out);
	return loss;
}

static char *describe_removal(const struct host *host, const struct ids_source *source)
{
	const char *name = strrchr(source->where, '/');

	if (!source->line)
		return boot_remove_word(&host->platform, source->word);
	if (strncmp(source->where, "/etc/", 5) == 0)
		return xasprintf("take   %s   out of %s, line %u", source->word, source->where,
				 source->line);
	return xasprintf("cp %s /etc/modprobe.d%s   which then takes its place, and take   %s   out "
			 "of it, line %u", source->where, name, source->word, source->line);
}

static void add(struct claim_import *import, const char *where, unsigned int line, char *remedy)
{
	ARRAY_GROW(import->removals, import->removal_count);
	import->removals[import->removal_count++] = (struct import_removal){ where, line, remedy };
}

static void add_source(const struct host *host, const struct ids_source *source,
		       struct claim_import *import)
{
	_cleanup_free_ char *how = describe_removal(host, source);
	_cleanup_free_ char *loss = describe_loss(import, source);

	add(import, source->where, source->line, xasprintf("%s%s", how, loss));
}

/* Once the last ids are gone those before them are in effect again: they go together. */
void claim_import_add_removals(const struct host *host, struct claim_import *import)
{
	const struct rivals *rivals = &host->rivals;
	bool replaced = rivals->source_count > 0 &&
			is_replaced(import, &rivals->sources[rivals->source_count - 1]);

	for (size_t i = 0; replaced && i < rivals->source_count; i++)
		add_source(host, &rivals->sources[i], import);
	for (size_t i = 0; i < import->count; i++) {
		const struct import_item *item = &import->items[i];

		if (strncmp(item->where, "/etc/driverctl.d/", 17) == 0 &&
		    (item->fate == IMPORT_CLAIM || item->fate == IMPORT_CLAIMED))
			add(import, item->where, 0,
			    xasprintf("rm %s   (driverctl unset-override %s would also take the "
				      "device from vfio-pci at once)", item->where,
				      pci_addr_text(item->function->addr).text));
	}
}
