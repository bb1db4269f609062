/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/device-name.h"

#include <stdio.h>

#include "base/alloc.h"
#include "host/pci-config.h"

void device_name(const struct host *host, const struct pci_function *f, char *buf, size_t size)
{
	char class[128], vendor[128], device[128];

	pci_config_class_name(host->config, f->class, class, sizeof(class));
	pci_config_vendor_name(host->config, f->vendor, vendor, sizeof(vendor));
	pci_config_device_name(host->config, f->vendor, f->device, device, sizeof(device));
	snprintf(buf, size, "%s: %s%s%s", *class ? class : "Device", vendor, *vendor ? " " : "",
		 *device ? device : "(not in pci.ids)");
}

/* Of what is no GPU its kind says more than the first letters of its name. */
char *device_short_name(const struct host *host, const struct pci_function *f)
{
	bool gpu = pci_function_is_display(f);
	char class[128], device[128];

	pci_config_class_name(host->config, f->class, class, sizeof(class));
	pci_config_device_name(host->config, f->vendor, f->device, device, sizeof(device));
	return xasprintf("%s%s", gpu ? f->boot_vga ? "GPU, boot: " : "GPU: " : "",
			 gpu && *device ? device : *class ? class : "Device");
}
