/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/host.h"
#include "launch/firmware.h"
#include "policy/finding.h"

/*
 * What would stop QEMU, found before the host gives up a card: files that are absent or cannot be
 * opened as the guest needs them, images that another guest has, ports that are taken, bridges that
 * are not allowed, no QEMU, no KVM. Changes nothing. Adds one message for each problem, "SUBJECT:
 * what: why"; none added means that all is well. What is a matter of degree becomes a finding.
 * firmware may be NULL.
 */
void launch_preflight(const struct guest *guest, const struct firmware *firmware,
		      struct strv *problems, struct finding_list *findings);

/* Whether the program, a path or a name for PATH, is there. */
bool preflight_find_program(const char *name);

/*
 * Add rom-without-efi for each GPU among the hostdevs whose romfile holds nothing that OVMF can run.
 * A file that cannot be read is a problem of the above, and left to that.
 */
void launch_check_roms(const struct guest *guest, const struct host *host,
		       struct finding_list *findings);

/* Whether this process can open /dev/kvm. */
bool launch_have_kvm(void);
