/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/host.h"
#include "policy/target.h"

/* What of the host's screen is on a card; host_discover_uses() has looked. Pure. */

/* The firmware's frame buffer that is in a BAR of the function, and in which; NULL: none. */
const struct framebuffer_range *screen_range(const struct host *host, const struct pci_function *f,
					     int *bar);

/* The firmware's frame buffer is in the memory of another card, and in no BAR of the function. */
bool screen_is_elsewhere(const struct host *host, const struct pci_function *f);

/*
 * The firmware's device, with a driver, whose memory is in the function. NULL: none, or which it
 * is cannot be told.
 */
const struct framebuffer_device *screen_device(const struct host *host,
					       const struct pci_function *f);

/* vfio-pci removes the firmware's device from a VGA card for good (Linux 6.0 and newer). */
bool screen_device_is_lost(const struct pci_function *f);

/* What becomes of the kernel's text console when the targets' drivers let go. */
enum console_fate {
	CONSOLE_STAYS,   /* none of its frame buffers is on a target */
	CONSOLE_GOES,    /* all of them are */
	CONSOLE_MOVES,   /* the kernel moves it to a frame buffer of another card */
	CONSOLE_UNKNOWN, /* where one of its frame buffers is cannot be told */
};

/*
 * own: unless CONSOLE_STAYS, the first of its frame buffers that is on a target, and owner that
 * target. other: with CONSOLE_MOVES and CONSOLE_UNKNOWN, the one that decided.
 */
struct console {
	enum console_fate fate;
	const struct framebuffer_node *own, *other;
	const struct pci_function *owner;
};

/* Targets that vfio-pci holds already count as having none. */
struct console screen_console(const struct host *host, const struct targets *targets);
