/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/platform.h"

/*
 * How to change this host's kernel command line, for its boot loader, as a sentence without a full
 * stop: "add intel_iommu=on to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run update-grub and
 * reboot". To be freed.
 */
char *boot_add_word(const struct platform *platform, const char *word);
char *boot_remove_word(const struct platform *platform, const char *word);
