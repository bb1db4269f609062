/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/ops.h"

#include <string.h>

#include "host/udev.h"

static int kernel_attr_write(struct apply *apply, const char *path, const char *value,
			     struct error *err)
{
	return patient_write(&apply->helper, apply->root, path, value, apply->timeout_ms, err);
}

static int kernel_module_load(struct apply *apply, const char *name, bool despite_blacklist,
			      struct error *err)
{
	return patient_load(&apply->helper, apply->root, name, despite_blacklist,
			    apply->timeout_ms, err);
}

static int kernel_node_wait(struct apply *apply, const char *node, struct error *err)
{
	return udev_wait_for_node(apply->root, "vfio", strrchr(node, '/') + 1, node,
				  apply->timeout_ms, err);
}

const struct apply_ops kernel_ops = {
	.attr_write = kernel_attr_write,
	.module_load = kernel_module_load,
	.node_wait = kernel_node_wait,
};
