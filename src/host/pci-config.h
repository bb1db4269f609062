/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"
#include "host/pci-addr.h"
#include "host/root.h"

/* Names from pci.ids and configuration space, by libpci. The only user of libpci. */
struct pci_config;

/*
 * Look at the devices of root. Loading pci.ids is put off until the first name is asked for.
 * NULL, with err set, when libpci cannot work here. Freed by pci_config_close(), which takes NULL.
 */
struct pci_config *pci_config_open(const struct host_root *root, struct error *err);
void pci_config_close(struct pci_config *config);
void pci_config_closep(struct pci_config **config); /* for _cleanup_() */

/*
 * Read len bytes of a function's configuration space at offset. Returns 0, or -EIO when they cannot
 * be read: past 64 bytes that takes root, and a device in D3cold answers nothing.
 */
int pci_config_read(struct pci_config *config, struct pci_addr addr, unsigned int offset, void *buf,
		    unsigned int len) _must_check_;

/* Names as lspci prints them, "" where pci.ids knows none; for buf of size bytes. */
void pci_config_vendor_name(struct pci_config *config, uint16_t vendor, char *buf, size_t size);
void pci_config_device_name(struct pci_config *config, uint16_t vendor, uint16_t device, char *buf,
			    size_t size);
void pci_config_class_name(struct pci_config *config, uint32_t class, char *buf, size_t size);
