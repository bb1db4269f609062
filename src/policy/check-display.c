/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"
#include "policy/screen.h"

#define ANOTHER_PRIMARY "choose another card as primary in the firmware set-up"

static bool is_held(const struct pci_function *f)
{
	return f->driver && strcmp(f->driver, DRIVER_VFIO_PCI) == 0;
}

/*
 * BOOTFB is the memory of the device itself, not of its driver: only vfio-pci takes that away, and
 * only from a VGA card.
 */
static char *framebuffer_remedy(const struct host *host, const struct pci_function *f,
				const char *owner)
{
	const struct framebuffer_device *device = screen_device(host, f);
	bool freed = device && strcmp(owner, "BOOTFB") != 0;

	if (is_held(f) && freed)
		return xasprintf("give up the screen: echo %s > /" NAME_PLATFORM_DRIVERS
				 "/%s/unbind", device->name, device->driver);
	if (is_held(f))
		return xstrdup(ANOTHER_PRIMARY);
	if (!freed && !screen_device_is_lost(f))
		return xstrdup(ANOTHER_PRIMARY "; even with --allow boot-framebuffer a guest could "
			       "not map this memory, as nothing can take it from the frame buffer");
	return xasprintf(ANOTHER_PRIMARY "; if this host can be reached without its screen, say "
			 "--allow boot-framebuffer, and %s",
			 device ? "bind releases the frame buffer before the card"
				: "vfio-pci removes the frame buffer");
}

/* Of a card that vfio-pci has nothing is lost any more; but a guest cannot map what is taken. */
static void add_framebuffer(const struct host *host, const struct pci_function *f,
			    const char *owner, char *message, struct finding_list *findings)
{
	finding_add(findings, is_held(f) ? FINDING_FRAMEBUFFER_REMAINS : FINDING_BOOT_FRAMEBUFFER,
		    pci_addr_text(f->addr).text, message, framebuffer_remedy(host, f, owner));
}

static void check_framebuffer(const struct host *host, const struct pci_function *f,
			      struct finding_list *findings)
{
	const struct framebuffer_device *device = screen_device(host, f);
	int bar;
	const struct framebuffer_range *range = screen_range(host, f, &bar);

	if (range)
		add_framebuffer(host, f, range->owner,
				xasprintf("the firmware's frame buffer (%s, at %#" PRIx64 ") is in "
					  "its BAR %d: the host's screen is on it", range->owner,
					  range->start, bar),
				findings);
	else if (device)
		add_framebuffer(host, f, device->driver,
				xasprintf("the firmware's frame buffer (%s, driver %s) is on it: "
					  "the host's screen is on this card", device->name,
					  device->driver),
				findings);
}

/* What unbind will not be able to put back, said before the bind. */
static void check_way_back(const struct host *host, const struct pci_function *f,
			   struct finding_list *findings)
{
	const struct framebuffer_device *device = screen_device(host, f);
	char *message;

	if (!device || is_held(f))
		return;
	if (screen_device_is_lost(f))
		message = xasprintf("vfio-pci removes the firmware's frame buffer %s from a VGA "
				    "card for good: unbind cannot give it back, nor the text "
				    "console on it", device->name);
	else
		message = xasprintf("unbind gives the firmware's frame buffer %s back, but not the "
				    "firmware's screen mode, which a guest changes: the screen may "
				    "stay dark", device->name);
	finding_add(findings, FINDING_FRAMEBUFFER_NOT_GIVEN_BACK, pci_addr_text(f->addr).text,
		    message,
		    xstrdup("the screen comes back when the card's own driver makes a frame buffer, "
			    "and with the next boot"));
}

/* Without the addresses of /proc/iomem no one but root can tell whose a frame buffer is. */
static void check_hidden(const struct host *host, const struct targets *targets,
			 struct finding_list *findings)
{
	const struct display *d = &host->display;
	bool asked = false;

	for (size_t i = 0; i < targets->count; i++)
		asked |= pci_function_is_display(targets->items[i]);
	if (asked && d->ranges_hidden && d->device_count > 0 && *d->devices[0].driver &&
	    !d->devices[0].has_addr)
		finding_add(findings, FINDING_UNREADABLE, "/" NAME_IOMEM,
			    xasprintf("it hides its addresses, so which card the firmware's frame "
				      "buffer (%s) is in is not known", d->devices[0].name),
			    xstrdup("run this as root to know"));
}

void check_boot_framebuffer(const struct host *host, const struct targets *targets,
			    struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++) {
		if (pci_function_is_bridge(targets->items[i]))
			continue;
		check_framebuffer(host, targets->items[i], findings);
		check_way_back(host, targets->items[i], findings);
	}
	check_hidden(host, targets, findings);
}

static bool is_there(const struct display *display, const char *name)
{
	for (size_t i = 0; i < display->device_count; i++)
		if (strcmp(display->devices[i].name, name) == 0)
			return true;
	return false;
}

void check_lost_framebuffer(const struct host *host, const struct targets *targets,
			    struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct held *held = held_list_find(&host->held, targets->items[i]->addr);

		if (held && *held->framebuffer && !is_there(&host->display, held->framebuffer))
			finding_add(findings, FINDING_FRAMEBUFFER_NOT_GIVEN_BACK,
				    pci_addr_text(held->addr).text,
				    xasprintf("the kernel has removed the firmware's frame buffer %s, "
					      "which was on it: it cannot be given back",
					      held->framebuffer),
				    xstrdup("the screen comes back when the card's own driver makes "
					    "a frame buffer, and with the next boot"));
	}
}

void check_console(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	struct console console = screen_console(host, targets);
	char *message = NULL;

	switch (console.fate) {
	case CONSOLE_STAYS:
		return;
	case CONSOLE_GOES:
		message = xasprintf("the kernel's text console (%s) is on its frame buffer %s: bind "
				    "takes it away, and it comes back with a frame buffer of the "
				    "card", host->display.console, console.own->name);
		break;
	case CONSOLE_MOVES:
		message = xasprintf("the kernel's text console may be on its frame buffer %s: the "
				    "kernel moves it to %s, of another card", console.own->name,
				    console.other->name);
		break;
	case CONSOLE_UNKNOWN:
		message = xasprintf("the kernel's text console may be on its frame buffer %s; which "
				    "card %s is on cannot be told, so bind leaves the console to "
				    "the kernel", console.own->name, console.other->name);
		break;
	}
	finding_add(findings, FINDING_CONSOLE_ON_DEVICE, pci_addr_text(console.owner->addr).text,
		    message, xstrdup("nothing has to be done; grep . /" NAME_VTCONSOLE_CLASS
				     "/*/name shows the consoles"));
}
