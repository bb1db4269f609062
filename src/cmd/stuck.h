/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/holders.h"

/*
 * After a write that did not return: say who has a node of the devices open, by process and node, or
 * that no process has. before is the look from before the write.
 */
void stuck_tell_holders(const struct host_root *root, const struct holders *before);
