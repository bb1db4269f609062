/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/pci.h"

/*
 * The ROM of a device of the running host, as Linux lets root read it from sysfs: write 1 to the
 * attribute, read, write 0. The attribute is disabled again whatever happens in between, and no
 * signal but SIGKILL ends us before. Even that would do no harm: the card's own ROM decoder is on
 * only within each read(2); what would stay enabled is the permission to read the attribute.
 *
 * Returns 0 and a buffer to be freed, of *ret_size bytes, at least one of which is not ff; or
 * -ENOENT the device has no ROM, -EACCES only root may, -ENOTSUP what Linux shows is not the card's
 * ROM but the copy that the firmware made of the boot GPU's, -ENODATA the card does not answer.
 */
int rom_read_device(const struct host_root *root, const struct pci_function *function,
		    char **ret, size_t *ret_size, struct error *err) _must_check_;
