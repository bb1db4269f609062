/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/screen.h"

#include <string.h>

#include "host/names.h"

#define CLASS_VGA 0x0300

const struct framebuffer_range *screen_range(const struct host *host, const struct pci_function *f,
					     int *bar)
{
	const struct pci_bars *bars = pci_bars_find(&host->bars, f->addr);

	for (size_t i = 0; bars && i < host->display.range_count; i++) {
		const struct framebuffer_range *range = &host->display.ranges[i];

		*bar = pci_bars_overlap(bars, range->start, range->end);
		if (*bar >= 0)
			return range;
	}
	return NULL;
}

bool screen_is_elsewhere(const struct host *host, const struct pci_function *f)
{
	bool elsewhere = false;
	int bar;

	for (size_t i = 0; i < host->display.range_count; i++) {
		const struct framebuffer_range *range = &host->display.ranges[i];

		if (range->has_addr && pci_addr_compare(range->addr, f->addr) == 0)
			return false;
		elsewhere |= range->has_addr;
	}
	return elsewhere && !screen_range(host, f, &bar);
}

/* A range does not name its device: only where there is one of each do they belong together. */
const struct framebuffer_device *screen_device(const struct host *host,
					       const struct pci_function *f)
{
	const struct display *d = &host->display;
	int bar;

	for (size_t i = 0; i < d->device_count; i++)
		if (d->devices[i].has_addr && *d->devices[i].driver &&
		    pci_addr_compare(d->devices[i].addr, f->addr) == 0)
			return &d->devices[i];
	if (d->device_count != 1 || d->devices[0].has_addr || !*d->devices[0].driver)
		return NULL;
	return screen_range(host, f, &bar) ? &d->devices[0] : NULL;
}

bool screen_device_is_lost(const struct pci_function *f)
{
	return f->class >> 8 == CLASS_VGA;
}

enum place { ON_TARGET, ON_OTHER, NOT_KNOWN };

static bool is_on(const struct host *host, const struct pci_function *f,
		  const struct framebuffer_node *node)
{
	const struct framebuffer_device *device;

	if (node->has_addr)
		return pci_addr_compare(node->addr, f->addr) == 0;
	device = *node->device ? screen_device(host, f) : NULL;
	return device && strcmp(device->name, node->device) == 0;
}

static enum place find_node(const struct host *host, const struct targets *targets,
			    const struct framebuffer_node *node, const struct pci_function **owner)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];

		if ((!f->driver || strcmp(f->driver, DRIVER_VFIO_PCI) != 0) && is_on(host, f, node)) {
			*owner = f;
			return ON_TARGET;
		}
	}
	/* Of the firmware's one frame buffer it is known that its memory is in none of them. */
	if (node->has_addr || !*node->device ||
	    (host->display.device_count == 1 && host->display.range_count > 0))
		return ON_OTHER;
	return NOT_KNOWN;
}

struct console screen_console(const struct host *host, const struct targets *targets)
{
	struct console console = { .fate = CONSOLE_GOES };

	for (size_t i = 0; *host->display.console && i < host->display.node_count; i++) {
		const struct framebuffer_node *node = &host->display.nodes[i];
		const struct pci_function *owner = NULL;
		enum place place = find_node(host, targets, node, &owner);

		if (place == ON_TARGET && !console.own) {
			console.own = node;
			console.owner = owner;
		} else if (place == NOT_KNOWN ||
			   (place == ON_OTHER && console.fate != CONSOLE_UNKNOWN)) {
			console.fate = place == NOT_KNOWN ? CONSOLE_UNKNOWN : CONSOLE_MOVES;
			console.other = node;
		}
	}
	return console.own ? console : (struct console){ .fate = CONSOLE_STAYS };
}
