/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/root.h"
#include "launch/guest.h"
#include "policy/finding.h"

/*
 * The parts of launch_preflight(). Each adds to problems what QEMU would fail at, one message each,
 * with file and line of the guest file.
 */

/* Images that another QEMU has open, and block devices that the host uses. */
void preflight_images(const struct guest *guest, struct strv *problems);

/*
 * Free memory, huge pages, and processors to pin to. Too little free memory is a finding: how much
 * can be freed is the kernel's estimate.
 */
void preflight_memory(const struct host_root *root, const struct guest *guest,
		      struct strv *problems, struct finding_list *findings);

/* Ports and sockets that something listens on already. */
void preflight_ports(const struct guest *guest, struct strv *problems);

/* Bridges and taps: that they are there, and that no rule denies the bridge to guests. */
void preflight_nets(const struct host_root *root, const struct guest *guest,
		    struct strv *problems);

/* USB devices: that ids fit only one. One that is not plugged in is a finding, for it may come. */
void preflight_usb(const struct host_root *root, const struct guest *guest, struct strv *problems,
		   struct finding_list *findings);
