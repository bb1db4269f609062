/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/predict.h"

/* PCIe switches. One is named by any of its downstream ports; functions are indices. */

/* The nearest downstream port above the function, or NO_FUNCTION. */
size_t switch_port_above(const struct pci_tree *tree, size_t function);

/* Is the function a downstream port of this port's switch, or behind one? */
bool switch_is_below(const struct pci_tree *tree, size_t function, size_t port);

/*
 * Sets marks to those downstream ports of the switch that are known not to isolate; to none if the
 * switch has only one.
 */
void switch_mark_bare_ports(const struct prediction *prediction, size_t port, bool *marks);
