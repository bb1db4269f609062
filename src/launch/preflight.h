/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/host.h"
#include "launch/firmware.h"
#include "policy/finding.h"

/*
 * What would stop QEMU, found before the host gives up a card: files that are absent or cannot be
 * opened as the guest needs them, no QEMU, no KVM. Reads only. Adds one message for each problem,
 * "SUBJECT: what: why"; none added means that all is well. firmware may be NULL.
 */
void launch_preflight(const struct guest *guest, const struct firmware *firmware,
		      struct strv *problems);

/*
 * Add rom-without-efi for each GPU among the hostdevs whose romfile holds nothing that OVMF can run.
 * A file that cannot be read is a problem of the above, and left to that.
 */
void launch_check_roms(const struct guest *guest, const struct host *host,
		       struct finding_list *findings);

/* Whether this process can open /dev/kvm. */
bool launch_have_kvm(void);
