/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

#include "host/host.h"

/* "VGA compatible controller: Advanced Micro Devices, Inc. [AMD/ATI] RV100 [Radeon 7000]" */
void device_name(const struct host *host, const struct pci_function *f, char *buf, size_t size);

/*
 * For where there is little room: "GPU: RV100 [Radeon 7000]", "GPU, boot: ..." where the firmware's
 * console is on it, "Audio device" of what is no GPU. To be freed.
 */
char *device_short_name(const struct host *host, const struct pci_function *f) _must_check_;
