/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/root.h"

/*
 * Wait until the node of a device of this subsystem and name is ready: it exists, and where udevd
 * runs, udevd is done with it, so that its owner and mode are final. Without udevd (an initramfs)
 * devtmpfs has made the node by the time the driver is bound. Returns 0, -ETIMEDOUT after
 * timeout_ms, or another negative errno. The only user of libudev, which
 * udev_open() opens ahead where it will be needed.
 */
int udev_open(const struct host_root *root, struct error *err) _must_check_;
int udev_wait_for_node(const struct host_root *root, const char *subsystem, const char *name,
		       const char *node, int timeout_ms, struct error *err) _must_check_;
