/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/held.h"

/*
 * The few things that are ever done to a host. Each is safe because it changes one thing whose old
 * value is known, checked just before, journalled, and can be written back:
 *
 *   load-module   load a module by libkmod; not undone: it harms nobody
 *   record        keep in /run/vfioadm/held what the device had
 *   override      write driver_override: it neither binds nor unbinds
 *   release-console      take the kernel's text console off the frame buffers
 *   release-framebuffer  make its driver let go of the firmware's frame buffer
 *   unbind        make the driver let go of the function
 *   reset         reset the function, which has no driver then; there is nothing to undo
 *   bind          make the driver take the function
 *   return-framebuffer   make the driver take the firmware's frame buffer again
 *   return-console       put the text console on the frame buffers again
 *   wait-node     wait until udev is done with the group's node; changes nothing
 *   probe         let the kernel choose the driver, as at boot: its module is loaded, if there is one
 *   own           make a user the owner of a node or a file, such as the group's node for QEMU
 *   forget        remove the record
 */
enum step_kind {
	STEP_LOAD_MODULE,
	STEP_RECORD,
	STEP_OVERRIDE,
	STEP_RELEASE_CONSOLE,
	STEP_RELEASE_FRAMEBUFFER,
	STEP_UNBIND,
	STEP_RESET,
	STEP_BIND,
	STEP_RETURN_FRAMEBUFFER,
	STEP_RETURN_CONSOLE,
	STEP_WAIT_NODE,
	STEP_PROBE,
	STEP_OWN,
	STEP_FORGET,
	STEP_KIND_MAX,
	STEP_KIND_INVALID = -1,
};

/*
 * One change: subject goes from a value to another; "" stands for none. Of fixed size, because a
 * transaction allocates nothing.
 */
struct step {
	enum step_kind kind;
	char subject[256]; /* the function's address, the name or path of what else is changed */
	char from[128];
	char to[128];
	struct pci_addr addr;   /* the function that it is about; not load-module, wait-node, own */
	struct held held;       /* record, unbind, reset, forget */
	bool despite_blacklist; /* load-module */
};

struct step_list {
	struct step *items;
	size_t count;
};

const char *step_kind_to_string(enum step_kind kind);
enum step_kind step_kind_from_string(const char *text);

/* Exactly what would be written, e.g. "write vfio-pci to .../driver_override (now: none)". */
void step_describe(const struct step *step, char *buf, size_t size);
void step_list_release(struct step_list *list);
