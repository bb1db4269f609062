/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "policy/target.h"

/*
 * Where a GPU is, drawn for a terminal of 80 columns: the bridges above it, its IOMMU group and who
 * is in it. What the guest gets (the targets) and what is in its way is marked.
 */
void text_group_picture(FILE *out, const struct host *host, const struct targets *targets,
			const struct pci_function *gpu);
