/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

bool driver_leaves_group_viable(const char *driver)
{
	return !driver || pci_driver_is_vfio(driver) || strcmp(driver, "pci-stub") == 0 ||
	       strcmp(driver, "pcieport") == 0;
}

/* Where in the sorted array the address is, or belongs. */
static size_t position(const struct targets *targets, struct pci_addr addr)
{
	size_t low = 0, high = targets->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pci_addr_compare(targets->items[middle]->addr, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct targets *targets, size_t at, struct pci_addr addr)
{
	return at < targets->count && pci_addr_compare(targets->items[at]->addr, addr) == 0;
}

bool targets_have(const struct targets *targets, struct pci_addr addr)
{
	return is_at(targets, position(targets, addr), addr);
}

void targets_add(struct targets *targets, const struct pci_function *function)
{
	size_t at = position(targets, function->addr);

	if (is_at(targets, at, function->addr))
		return;
	ARRAY_GROW(targets->items, targets->count);
	memmove(targets->items + at + 1, targets->items + at,
		(targets->count - at) * sizeof(*targets->items));
	targets->items[at] = function;
	targets->count++;
}

struct pci_addr *targets_addrs(const struct targets *targets)
{
	struct pci_addr *addrs = xcalloc(targets->count, sizeof(*addrs));

	for (size_t i = 0; i < targets->count; i++)
		addrs[i] = targets->items[i]->addr;
	return addrs;
}

void targets_release(struct targets *targets)
{
	free(targets->items);
	*targets = (struct targets){ 0 };
}

static int add_by_ids(struct targets *targets, const struct host *host, const char *text,
		      uint16_t vendor, uint16_t device, struct error *err)
{
	const struct pci_function *found = NULL;
	char names[256] = "";
	size_t matches = 0;

	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];
		size_t len = strlen(names);

		if (f->vendor != vendor || f->device != device)
			continue;
		found = f;
		if (len + 2 * PCI_ADDR_TEXT < sizeof(names)) {
			strcat(names, matches ? ", " : "");
			strcat(names, pci_addr_text(f->addr).text);
		}
		matches++;
	}
	if (matches == 0)
		return error_set(err, -ENODEV, "%s: no device has these ids; vfioadm list --all "
				 "shows every device", text);
	if (matches > 1)
		return error_set(err, -ENOTUNIQ, "%s: %zu devices have these ids: %s: name one by "
				 "its address", text, matches, names);
	targets_add(targets, found);
	return 0;
}

int targets_add_device(struct targets *targets, const struct host *host, const char *text,
		       struct error *err)
{
	uint16_t vendor, device;
	struct pci_addr addr;
	bool whole_slot, any = false;
	int r;

	if (pci_ids_parse(text, &vendor, &device) == 0)
		return add_by_ids(targets, host, text, vendor, device, err);
	r = pci_addr_parse(text, &addr, &whole_slot, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];

		if (whole_slot ? !pci_addr_same_slot(f->addr, addr)
			       : pci_addr_compare(f->addr, addr) != 0)
			continue;
		targets_add(targets, f);
		any = true;
	}
	if (!any)
		return error_set(err, -ENODEV, "%s: there is no device at this address; vfioadm "
				 "list --all shows every device", text);
	return 0;
}

static void add_displays(struct targets *targets, const struct host *host, bool boot_gpu_too)
{
	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];

		if (pci_function_is_display(f) && (boot_gpu_too || !f->boot_vga))
			targets_add(targets, f);
	}
}

void targets_add_gpus(struct targets *targets, const struct host *host)
{
	add_displays(targets, host, false);
	if (targets->count == 0)
		add_displays(targets, host, true);
}

/* The functions of a slot are neighbours. */
static const struct pci_function *first_of_slot(const struct host *host,
						const struct pci_function *f)
{
	while (f > host->functions.items && pci_addr_same_slot(f[-1].addr, f->addr))
		f--;
	return f;
}

static void add_companions(struct targets *targets, const struct host *host, bool only_held)
{
	size_t asked_for = targets->count;
	_cleanup_free_ const struct pci_function **asked = xcalloc(asked_for, sizeof(*asked));

	for (size_t i = 0; i < asked_for; i++)
		asked[i] = targets->items[i];
	for (size_t i = 0; i < asked_for; i++) {
		if (!pci_function_is_display(asked[i]))
			continue;
		for (const struct pci_function *f = first_of_slot(host, asked[i]);
		     f < host->functions.items + host->functions.count &&
		     pci_addr_same_slot(f->addr, asked[i]->addr); f++)
			if (!pci_function_is_bridge(f) &&
			    (!only_held || held_list_find(&host->held, f->addr)))
				targets_add(targets, f);
	}
}

void targets_add_companions(struct targets *targets, const struct host *host)
{
	add_companions(targets, host, false);
}

void targets_add_held_companions(struct targets *targets, const struct host *host)
{
	add_companions(targets, host, true);
}

void targets_add_group_members(struct targets *targets, const struct host *host)
{
	for (size_t i = 0; i < targets->count; i++) {
		int group = targets->items[i]->iommu_group;

		for (size_t j = 0; group >= 0 && j < host->functions.count; j++) {
			const struct pci_function *f = &host->functions.items[j];

			if (f->iommu_group == group && !pci_function_is_bridge(f) &&
			    !driver_leaves_group_viable(f->driver) &&
			    !targets_have(targets, f->addr)) {
				targets_add(targets, f);
				i = 0; /* the array was sorted anew */
			}
		}
	}
}
