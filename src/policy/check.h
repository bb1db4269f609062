/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/assess.h"

/* Checks of the whole host, and of one target. Each adds what it finds. */
void check_iommu(const struct host *host, const struct targets *targets,
		 struct finding_list *findings);
void check_modules(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);
void check_groups(const struct host *host, const struct targets *targets,
		  struct finding_list *findings);
void check_locks(const struct host *host, const struct targets *targets,
		 struct finding_list *findings);
void check_holders(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);
void check_devices(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);
