/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"

#define CLASS_VGA 0x0300

/*
 * Since Linux 6.0 vfio-pci removes the firmware's frame buffer from a VGA card (class 0300) itself;
 * from any other it does not, and the guest's BAR then cannot be mapped.
 */
static char *framebuffer_remedy(const struct host *host, const struct pci_function *f,
				const char *owner)
{
	const struct display *d = &host->display;

	if (f->class >> 8 == CLASS_VGA)
		return xstrdup("choose another card as primary in the firmware set-up; if this "
			       "host can be reached without its screen, say --allow "
			       "boot-framebuffer, and vfio-pci removes the frame buffer");
	if (d->device_count > 0 && strcmp(owner, "BOOTFB") != 0)
		return xasprintf("choose another card as primary in the firmware set-up, or give "
				 "up the screen: echo %s > /" NAME_PLATFORM_DRIVERS "/%s/unbind",
				 d->devices[0].name, d->devices[0].driver);
	return xstrdup("choose another card as primary in the firmware set-up");
}

/* Of a card that vfio-pci has nothing is lost any more; but a guest cannot map what is taken. */
static void add_framebuffer(const struct host *host, const struct pci_function *f,
			    const char *owner, char *message, struct finding_list *findings)
{
	bool held = f->driver && strcmp(f->driver, DRIVER_VFIO_PCI) == 0;

	finding_add(findings, held ? FINDING_FRAMEBUFFER_REMAINS : FINDING_BOOT_FRAMEBUFFER,
		    pci_addr_text(f->addr).text, message, framebuffer_remedy(host, f, owner));
}

static bool find_in_ranges(const struct host *host, const struct pci_function *f,
			   struct finding_list *findings)
{
	const struct pci_bars *bars = pci_bars_find(&host->bars, f->addr);

	for (size_t i = 0; bars && i < host->display.range_count; i++) {
		const struct framebuffer_range *range = &host->display.ranges[i];
		int bar = pci_bars_overlap(bars, range->start, range->end);

		if (bar < 0)
			continue;
		add_framebuffer(host, f, range->owner,
				xasprintf("the firmware's frame buffer (%s, at %#" PRIx64 ") is in "
					  "its BAR %d: the host's screen is on it", range->owner,
					  range->start, bar),
				findings);
		return true;
	}
	return false;
}

static void check_framebuffer(const struct host *host, const struct pci_function *f,
			      struct finding_list *findings)
{
	if (find_in_ranges(host, f, findings))
		return;
	for (size_t i = 0; i < host->display.device_count; i++) {
		const struct framebuffer_device *device = &host->display.devices[i];

		if (!device->has_addr || pci_addr_compare(device->addr, f->addr) != 0)
			continue;
		add_framebuffer(host, f, device->driver,
				xasprintf("the firmware's frame buffer (%s, driver %s) is on it: "
					  "the host's screen is on this card", device->name,
					  device->driver),
				findings);
		return;
	}
}

/* Without the addresses of /proc/iomem no one but root can tell whose a frame buffer is. */
static void check_hidden(const struct host *host, const struct targets *targets,
			 struct finding_list *findings)
{
	const struct display *d = &host->display;
	bool asked = false;

	for (size_t i = 0; i < targets->count; i++)
		asked |= pci_function_is_display(targets->items[i]);
	if (asked && d->ranges_hidden && d->device_count > 0 && !d->devices[0].has_addr)
		finding_add(findings, FINDING_UNREADABLE, "/" NAME_IOMEM,
			    xasprintf("it hides its addresses, so which card the firmware's frame "
				      "buffer (%s) is in is not known", d->devices[0].name),
			    xstrdup("run this as root to know"));
}

void check_boot_framebuffer(const struct host *host, const struct targets *targets,
			    struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++)
		if (!pci_function_is_bridge(targets->items[i]))
			check_framebuffer(host, targets->items[i], findings);
	check_hidden(host, targets, findings);
}

void check_console(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	for (size_t i = 0; host->display.console_on_nodes && i < host->display.node_count; i++) {
		const struct framebuffer_node *node = &host->display.nodes[i];

		if (targets_have(targets, node->addr))
			finding_add(findings, FINDING_CONSOLE_ON_DEVICE,
				    pci_addr_text(node->addr).text,
				    xasprintf("the kernel's text console is on its frame buffer "
					      "%s, and ends there when the driver lets go",
					      node->name),
				    xstrdup("nothing has to be done; grep . "
					    "/" NAME_VTCONSOLE_CLASS "/*/name shows the consoles"));
	}
}
