/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/check.h"

/* A disk can carry dozens of mount points; a few tell enough. */
#define LISTED_MAX 4

/* "/ on nvme0n1p2, swap on nvme0n1p3", to be freed; NULL where nothing is needed. */
static char *list_duties(const struct duties *duties, struct pci_addr addr, bool network)
{
	char *list = NULL;
	size_t size, found = 0;
	FILE *out = xopen_memstream(&list, &size);

	for (size_t i = 0; i < duties->count; i++) {
		const struct duty *duty = &duties->items[i];

		if (pci_addr_compare(duty->addr, addr) != 0 || duty->network != network)
			continue;
		if (found++ < LISTED_MAX)
			fprintf(out, "%s%s", found > 1 ? ", " : "", duty->what);
	}
	if (found > LISTED_MAX)
		fprintf(out, " and %zu more", found - LISTED_MAX);
	fclose(out);
	if (found > 0)
		return list;
	free(list);
	return NULL;
}

static void check_function(const struct host *host, const struct pci_function *f,
			   struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(f->addr);
	_cleanup_free_ char *storage = list_duties(&host->duties, f->addr, false);
	_cleanup_free_ char *network = list_duties(&host->duties, f->addr, true);

	if (storage)
		finding_add(findings, FINDING_ROOT_STORAGE_OR_NETWORK, addr.text,
			    xasprintf("this host's own data is on it: %s", storage),
			    xstrdup("unmount these (umount, swapoff) first; a device that carries "
				    "the root file system cannot be given away"));
	if (network)
		finding_add(findings, FINDING_ROOT_STORAGE_OR_NETWORK, addr.text,
			    xasprintf("this host is reached through it: %s", network),
			    xstrdup("give the default route to another interface first (ip route "
				    "replace default ...)"));
}

/* Above a bridge hangs whatever is below it; that a bridge is no endpoint is told elsewhere. */
void check_duties(const struct host *host, const struct targets *targets,
		  struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++)
		if (!pci_function_is_bridge(targets->items[i]))
			check_function(host, targets->items[i], findings);
}

void check_unknowns(const struct host *host, const struct targets *targets,
		    struct finding_list *findings)
{
	(void)targets;
	for (size_t i = 0; i < host->unknowns.count; i++) {
		const struct unknown *u = &host->unknowns.items[i];

		finding_add(findings, FINDING_UNREADABLE, u->path,
			    u->error ? xasprintf("it cannot be read (%s), so %s is not known",
						 strerror(-u->error), u->what)
				     : xasprintf("it does not tell %s", u->what),
			    xstrdup(u->error == 0 ? "look yourself before you go on"
						  : "run this as root to know"));
	}
}
