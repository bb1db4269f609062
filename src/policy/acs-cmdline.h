/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/platform.h"
#include "policy/pci-tree.h"

/* What the kernel's command line says of ACS: pci=disable_acs_redir=... and pci=config_acs=... */
struct acs_cmdline {
	char *disable_redirect, *config; /* lists of devices, NULL: not there */
};

void acs_cmdline_parse(const struct platform *platform, struct acs_cmdline *ret);
void acs_cmdline_release(struct acs_cmdline *cmdline);

/*
 * The bits of the ACS control word that the kernel would leave switched off in this function for
 * it, whatever its capability has (pci_enable_acs() of Linux's drivers/pci/pci.c).
 */
uint16_t acs_cmdline_cleared(const struct acs_cmdline *cmdline, const struct pci_tree *tree,
			     size_t function);
