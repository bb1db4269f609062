/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/target.h"

#define IOMMU_WORD "intel_iommu=on"

/*
 * What this host's kernel has to be told so that its IOMMU covers the targets: IOMMU_WORD, or NULL
 * where it does already, where no word helps, and where another word keeps it from doing so, which
 * is for a person to take out. AMD's IOMMUs need none. Debian's kernels leave Intel's integrated
 * GPUs out until they are told. The platform must have been discovered.
 */
const char *iommu_word_lacking(const struct host *host, const struct targets *targets);
