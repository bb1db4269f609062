/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/guest.h"
#include "launch/qemu-argv.h"

/* A command line in the making, and what of the board is taken already. */
struct qemu_builder {
	const struct guest *guest;
	const struct qemu_facts *facts;
	struct strv *argv;
	bool kvm;
	unsigned int ports;	/* PCI Express root ports that are there */
	unsigned int ide_drives; /* on the board's own IDE or SATA controller */
	unsigned int sata_drives; /* on the controller that i440FX is given */
};

/* The parts of qemu_argv(), each with a file of its own. */
void qemu_argv_board(struct qemu_builder *builder);
void qemu_argv_firmware(struct qemu_builder *builder);
void qemu_argv_disks(struct qemu_builder *builder);
void qemu_argv_hostdevs(struct qemu_builder *builder);
void qemu_argv_nets(struct qemu_builder *builder);
void qemu_argv_inputs(struct qemu_builder *builder);
void qemu_argv_access(struct qemu_builder *builder);

/* Two arguments: an option and its value. */
void qemu_add(struct qemu_builder *builder, const char *option, const char *fmt, ...)
	_printf_(3, 4);

/* Where a PCI Express device goes, to stand behind its other properties; "" leaves it to QEMU. */
struct qemu_place {
	char text[64];
};

/*
 * Make a place for one device. On q35 that is a root port of its own: directly on pcie.0 it would be
 * a root complex integrated endpoint, which GPU drivers do not expect and nobody can unplug.
 */
struct qemu_place qemu_place_new(struct qemu_builder *builder);

/* The number of a root port, made for it. */
unsigned int qemu_root_port(struct qemu_builder *builder);

/* ",bootindex=2", or "" for 0. */
struct qemu_place qemu_boot(unsigned int turn);

/* text as the value of a QEMU option, where a comma is written twice. To be freed. */
char *qemu_escape(const char *text);
