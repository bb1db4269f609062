/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "host/duty.h"
#include "host/unknown.h"

/* Adds mounted file systems and swap, down through partitions, device-mapper and md. */
void block_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns);

/* The kernel's name of "/dev/nvme0n1p2" or "/dev/mapper/root"; false for what is no device node. */
bool block_kernel_name(const struct host_root *root, const char *source, char *buf, size_t size);
