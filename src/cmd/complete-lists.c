/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/complete.h"
#include "cmd/help.h"
#include "host/config-file.h"
#include "host/host.h"
#include "host/names.h"
#include "host/pci-config.h"
#include "launch/guest.h"
#include "policy/finding.h"

/* Bridges are left out: nothing can be done with them. */
static void print_devices(FILE *out, struct host_root *root)
{
	struct host host;
	struct error ignored;

	if (host_discover(root, HOST_NAMES, &host, &ignored) < 0)
		return;
	for (size_t i = 0; i < host.functions.count; i++) {
		const struct pci_function *f = &host.functions.items[i];
		char class[128], device[128];

		if (pci_function_is_bridge(f))
			continue;
		pci_config_class_name(host.config, f->class, class, sizeof(class));
		pci_config_device_name(host.config, f->vendor, f->device, device, sizeof(device));
		fprintf(out, "%s\t%s%s%s (%s)\n", pci_addr_text(f->addr).text,
			*class ? class : "Device", *device ? ": " : "", device,
			f->driver ? f->driver : "no driver");
	}
	host_release(&host);
}

static void print_guests(FILE *out, struct host_root *root)
{
	_cleanup_(strv_release) struct strv names = { 0 };

	guest_file_names(root, &names);
	for (size_t i = 0; i < names.count; i++)
		fprintf(out, "%s\t" NAME_GUESTS_DIR "/%s" CONFIG_SUFFIX "\n", names.items[i],
			names.items[i]);
}

static void print_claims(FILE *out, struct host_root *root)
{
	struct claims claims;

	claims_read(root, &claims);
	for (size_t i = 0; i < claims.count; i++)
		if (strcmp(claims.items[i].name, CLAIM_CMDLINE) != 0)
			fprintf(out, "%s\t%s\n", claims.items[i].name,
				pci_addr_text(claims.items[i].address).text);
	claims_release(&claims);
}

static void print_findings(FILE *out, struct host_root *root)
{
	(void)root;
	for (int i = 0; i < FINDING_MAX; i++)
		fprintf(out, "%s\t%s\n", finding_kinds[i].id, finding_kinds[i].title);
}

static void print_forms(FILE *out, struct host_root *root)
{
	(void)root;
	help_forms(out);
}

const struct completion_list completion_lists[] = {
	{ "devices", print_devices }, { "guests", print_guests }, { "claims", print_claims },
	{ "findings", print_findings }, { "forms", print_forms },
};

const size_t completion_list_count = ARRAY_SIZE(completion_lists);
