/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/pci-addr.h"
#include "host/root.h"
#include "host/unknown.h"

/* Memory that a driver of the firmware's frame buffer has for itself, from /proc/iomem. */
struct framebuffer_range {
	char owner[32]; /* "efifb", "BOOTFB", "simpledrm", ... */
	uint64_t start, end;
	struct pci_addr addr; /* of the card in whose memory it is listed, if has_addr */
	bool has_addr;
};

/* The frame buffer that the firmware left, as a platform device. */
struct framebuffer_device {
	char name[64];   /* "efi-framebuffer.0" */
	char driver[64]; /* "efi-framebuffer"; "" when none is bound to it */
	struct pci_addr addr; /* of the card it hangs below, if has_addr (Linux 7 and newer) */
	bool has_addr;
};

/* A frame buffer that a driver made, a card's own or the firmware's: the console may be on it. */
struct framebuffer_node {
	char name[16]; /* "fb0" */
	struct pci_addr addr; /* of the card it hangs below, if has_addr */
	bool has_addr;
	char device[64]; /* the firmware's device that it hangs below; "" for none */
};

/* What of the host's text and picture is on which card. */
struct display {
	struct framebuffer_range *ranges;
	struct framebuffer_device *devices;
	struct framebuffer_node *nodes;
	size_t range_count, device_count, node_count;
	bool ranges_hidden; /* /proc/iomem shows its addresses only to root */
	char console[16];   /* "vtcon1": the text console on the frame buffers; "" for none */
};

void display_read(const struct host_root *root, struct display *ret, struct unknowns *unknowns);
void display_release(struct display *display);
