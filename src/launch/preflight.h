/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "launch/firmware.h"

/*
 * What would stop QEMU, found before the host gives up a card: files that are absent or cannot be
 * opened as the guest needs them, no QEMU, no KVM. Reads only. Adds one message for each problem,
 * "SUBJECT: what: why"; none added means that all is well. firmware may be NULL.
 */
void launch_preflight(const struct guest *guest, const struct firmware *firmware,
		      struct strv *problems);

/* Whether this process can open /dev/kvm. */
bool launch_have_kvm(void);
