/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/log.h"
#include "base/strv.h"
#include "launch/guest.h"
#include "policy/target.h"

static int find(const struct host *host, struct guest_hostdev *hostdev, struct error *err)
{
	struct targets targets = { 0 };
	char ids[sizeof("1002:5159")];
	int r;

	snprintf(ids, sizeof(ids), "%04x:%04x", hostdev->ids.vendor, hostdev->ids.device);
	r = targets_add_device(&targets, host, ids, err);
	if (r == 0)
		hostdev->address = targets.items[0]->addr;
	targets_release(&targets);
	return r;
}

static void find_all(struct guest *guest, const struct host *host, struct strv *problems)
{
	struct error err;

	for (size_t i = 0; i < guest->hostdev_count; i++)
		if (guest->hostdevs[i].ids.given && find(host, &guest->hostdevs[i], &err) < 0)
			strv_addf(problems, "%s:%u: %s: %s", guest->file,
				  guest->hostdevs[i].at.line, guest->hostdevs[i].at.name, err.msg);
}

bool guest_hostdev_has_address(const struct guest_hostdev *hostdev)
{
	/* 0000:00:00.0 is the host bridge, which nobody can have. */
	static const struct pci_addr none;

	return pci_addr_compare(hostdev->address, none) != 0;
}

void guest_find_hostdevs(struct guest *guest, struct strv *problems)
{
	struct host_root root;
	struct host host = { 0 };
	struct error err;
	bool wanted = false;

	for (size_t i = 0; i < guest->hostdev_count; i++)
		wanted |= guest->hostdevs[i].ids.given;
	if (!wanted)
		return;
	if (host_root_open(NULL, &root, &err) < 0) {
		strv_add(problems, err.msg);
		return;
	}
	if (host_discover(&root, 0, &host, &err) < 0)
		strv_add(problems, err.msg);
	else
		find_all(guest, &host, problems);
	host_release(&host);
	host_root_close(&root);
}
