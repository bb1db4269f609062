/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/strv.h"
#include "host/root.h"

/*
 * Add the nodes (/dev/bus/usb/001/004) of the USB devices that are plugged in now and have these ids,
 * or of the one at this port of the kernel's name, "1-2.3".
 */
void usb_find_by_ids(const struct host_root *root, uint16_t vendor, uint16_t product,
		     struct strv *nodes);
void usb_find_by_port(const struct host_root *root, const char *port, struct strv *nodes);
