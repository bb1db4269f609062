/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "host/pci-addr.h"
#include "host/root.h"

/*
 * What a device had before vfioadm bound it, so that unbind can give it back. One file a device,
 * /run/vfioadm/held/ADDRESS, lines of key=value; it lives as long as the binding and goes with the
 * boot. Fixed size, so that a transaction can carry it without allocating.
 */
struct held {
	struct pci_addr addr;
	uint16_t vendor, device;
	char driver[64];    /* the driver it was taken from; "" for none */
	char module[64];    /* the module that driver lives in; "" for none or built in */
	char override[128]; /* the driver_override that was found; "" for none */
	time_t since;       /* seconds since the epoch */
	char claim[64];     /* the claim it was bound for; "" for none */
	/* What of the host's screen was on it, and released before it; "" for none. */
	char framebuffer[64];        /* the firmware's frame buffer, "efi-framebuffer.0" */
	char framebuffer_driver[64]; /* and its driver, "efi-framebuffer" */
	char console[16];            /* the kernel's text console, "vtcon1" */
};

/* The records of a host, sorted by address. */
struct held_list {
	struct held *items;
	size_t count;
};

/* No state directory means no records. A record that cannot be understood is an error. */
int held_list_read(const struct host_root *root, struct held_list *ret, struct error *err)
	_must_check_;
void held_list_release(struct held_list *list);
const struct held *held_list_find(const struct held_list *list, struct pci_addr addr);

/* The text of a record's file, as held_parse() reads it; name is for messages. */
#define HELD_TEXT_MAX 1024
void held_format(const struct held *held, char text[HELD_TEXT_MAX]);
int held_parse(const char *name, const char *text, struct held *ret, struct error *err)
	_must_check_;
