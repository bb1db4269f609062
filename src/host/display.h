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
};

/* The frame buffer that the firmware left, as a platform device that a driver is bound to. */
struct framebuffer_device {
	char name[64];   /* "efi-framebuffer.0" */
	char driver[64]; /* "efi-framebuffer" */
	struct pci_addr addr; /* of the card it hangs below, if has_addr (Linux 7 and newer) */
	bool has_addr;
};

/* A frame buffer that a card's own driver made: the console may be on it. */
struct framebuffer_node {
	char name[16]; /* "fb0" */
	struct pci_addr addr;
};

/* What of the host's text and picture is on which card. */
struct display {
	struct framebuffer_range *ranges;
	struct framebuffer_device *devices;
	struct framebuffer_node *nodes;
	size_t range_count, device_count, node_count;
	bool ranges_hidden;  /* /proc/iomem shows its addresses only to root */
	bool console_on_nodes; /* the kernel's text console is on the frame buffers */
};

void display_read(const struct host_root *root, struct display *ret, struct unknowns *unknowns);
void display_release(struct display *display);
