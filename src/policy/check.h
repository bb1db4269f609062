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
void check_boot_framebuffer(const struct host *host, const struct targets *targets,
			    struct finding_list *findings);
void check_console(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);
void check_duties(const struct host *host, const struct targets *targets,
		  struct finding_list *findings);
void check_reset(const struct host *host, const struct targets *targets,
		 struct finding_list *findings);
void check_unknowns(const struct host *host, const struct targets *targets,
		    struct finding_list *findings);
void check_locks(const struct host *host, const struct targets *targets,
		 struct finding_list *findings);
void check_holders(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);
void check_kernel_holders(const struct host *host, const struct targets *targets,
			  struct finding_list *findings);
void check_devices(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);

/* What the device's users forbid, to bind and to unbind alike. */
void check_libvirt(const struct host *host, const struct targets *targets,
		   struct finding_list *findings);

/* What unbind cannot put back. */
void check_lost_framebuffer(const struct host *host, const struct targets *targets,
			    struct finding_list *findings);

/* What only check tells: nothing that could harm a host that bind is run on. */
void check_cards(const struct host *host, const struct targets *targets,
		 struct finding_list *findings);
void check_roms(const struct host *host, const struct targets *targets,
		struct finding_list *findings);
void check_driver_modules(const struct host *host, const struct targets *targets,
			  struct finding_list *findings);
void check_isolation(const struct host *host, const struct targets *targets,
		     struct finding_list *findings);
void check_guest_means(const struct host *host, const struct targets *targets,
		       struct finding_list *findings);
void check_rivals(const struct host *host, const struct targets *targets,
		  struct finding_list *findings);
void check_claims(const struct host *host, const struct targets *targets,
		  struct finding_list *findings);
void check_kernel_settings(const struct host *host, const struct targets *targets,
			   struct finding_list *findings);

/* Parts of check_iommu(): why no IOMMU is active, and why a device has no group. */
void check_iommu_off(const struct host *host, struct finding_list *findings);
void check_no_group(const struct host *host, const struct pci_function *f,
		    struct finding_list *findings);
