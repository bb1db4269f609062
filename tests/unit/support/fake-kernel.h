/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "apply/ops.h"
#include "base/strv.h"
#include "support/tree.h"

/*
 * A kernel made of a tree: struct apply_ops whose writes do to the tree what Linux does to sysfs,
 * with its errnos. Calls are counted from 1 and logged, one string each, whether they fail or not:
 *
 *   "load vfio"   "override 0000:01:00.0 vfio-pci"   "override 0000:01:00.0" (cleared)
 *   "probe 0000:01:00.0"
 *   "unbind 0000:01:00.0 radeon"   "bind 0000:01:00.0 vfio-pci"   "wait dev/vfio/3"
 *   "reset 0000:01:00.0 1"
 *   "console vtcon1 0"   "unbind efi-framebuffer.0 efi-framebuffer"   and its bind
 *
 * As Linux 6.0 and newer, vfio-pci removes the firmware's frame buffer from a card of class 0300.
 */
enum fault_kind {
	FAULT_BEFORE,      /* the call returns the error and changes nothing */
	FAULT_AFTER,       /* it does its work and returns the error all the same */
	FAULT_KILL_BEFORE, /* the process ends at the call, with status FAKE_KERNEL_KILLED */
	FAULT_KILL_AFTER,
	FAULT_HOOK, /* something else happens to the tree just before the call */
};

#define FAKE_KERNEL_KILLED 99

struct fault {
	size_t call;
	enum fault_kind kind;
	int error; /* positive errno */
	void (*hook)(struct tree *tree);
};

struct fake_kernel {
	struct apply apply; /* for txn_run() and txn_recover() */
	struct tree *tree;
	struct state state;
	size_t calls;
	struct strv log;
	struct fault faults[4];
	size_t fault_count;
	struct strv hung;    /* functions whose writes never return */
	struct strv locked;  /* of those that were written to: address, driver_override */
	struct strv ids;     /* "DRIVER VENDOR DEVICE": what the drivers' tables match */
	struct strv modules; /* "MODULE DRIVER" */
	struct strv drawing; /* "ADDRESS DRIVER DIRECTORY": the driver makes fb0 there */
	bool console_in_use; /* a display server draws on it: it stays as it is */
};

/* The drivers know the ids of the functions that they hold now. */
void fake_kernel_init(struct fake_kernel *kernel, struct tree *tree);
void fake_kernel_release(struct fake_kernel *kernel);

/*
 * Take /run/vfioadm, as a vfioadm that starts; forget faults, calls and log. Writes that hung have
 * returned by now.
 */
void fake_kernel_open(struct fake_kernel *kernel);
void fake_kernel_close(struct fake_kernel *kernel);

/* module_load() of module registers driver. */
void fake_kernel_add_module(struct fake_kernel *kernel, const char *module, const char *driver);

/* The driver makes the frame buffer fb0 below the function's directory when it takes it. */
void fake_kernel_add_drawing(struct fake_kernel *kernel, const char *addr, const char *driver,
			     const char *directory);

void fake_kernel_fail(struct fake_kernel *kernel, size_t call, enum fault_kind kind, int error);
void fake_kernel_hook(struct fake_kernel *kernel, size_t call, void (*hook)(struct tree *tree));

/*
 * Every write that concerns addr times out, and the device stays as it is. After any write that
 * timed out, for this or for a fault, whoever reads the device's driver_override waits without end.
 */
void fake_kernel_hang(struct fake_kernel *kernel, const char *addr);

/* How many calls of the log concern addr. */
size_t fake_kernel_writes_to(const struct fake_kernel *kernel, const char *addr);

/* The kernel's side of a bind and an unbind, for hooks; 0 or a negative errno. */
int fake_kernel_bind(struct fake_kernel *kernel, const char *addr, const char *driver);
int fake_kernel_unbind(struct fake_kernel *kernel, const char *addr, const char *driver);
