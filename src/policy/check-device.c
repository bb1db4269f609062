/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"
#include "policy/screen.h"

/* The kernel calls the first VGA card boot_vga even where the firmware uses one of another class. */
static bool has_boot_console(const struct host *host, const struct pci_function *f)
{
	return f->boot_vga && !screen_is_elsewhere(host, f);
}

static void check_device(const struct host *host, const struct pci_function *f,
			 struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(f->addr);

	if (pci_function_is_bridge(f)) {
		finding_add(findings, FINDING_NOT_AN_ENDPOINT, addr.text,
			    xstrdup("this is a bridge, and only endpoints can be given to a guest"),
			    xstrdup("name the devices behind it; vfioadm list --all shows them"));
		return;
	}
	if (has_boot_console(host, f))
		finding_add(findings, FINDING_BOOT_GPU, addr.text,
			    xstrdup("the firmware's console is on this card: the host would lose "
				    "its screen"),
			    xstrdup("choose another card as primary in the firmware set-up, or say "
				    "--allow boot-gpu if you can reach this host another way"));
	if (f->virtual_functions > 0)
		finding_add(findings, FINDING_VFS_ENABLED, addr.text,
			    xasprintf("%d SR-IOV virtual functions are enabled on it",
				      f->virtual_functions),
			    xasprintf("write 0 to its sriov_numvfs, or give away the virtual "
				      "functions instead"));
}

/* A function that vfio-pci holds already is past all of this. */
void check_devices(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];

		if (!f->driver || strcmp(f->driver, DRIVER_VFIO_PCI) != 0)
			check_device(host, f, findings);
	}
}

void check_locks(const struct host *host, const struct targets *targets,
		 struct finding_list *findings)
{
	(void)host;
	for (size_t i = 0; i < targets->count; i++) {
		if (!targets->items[i]->locked)
			continue;
		finding_add(findings, FINDING_DEVICE_LOCKED,
			    pci_addr_text(targets->items[i]->addr).text,
			    xstrdup("a change of this device is under way and does not end: its "
				    "driver waits for someone to let go"),
			    xstrdup("end whatever still uses the device (ps -eo pid,stat,comm "
				    "shows what is stuck as D); if nothing does, only a reboot helps"));
	}
}

static void check_module(const struct module_info *module, struct finding_list *findings)
{
	if (module->state == MODULE_MISSING)
		finding_add(findings, FINDING_MODULE_MISSING, module->name,
			    xasprintf("this kernel (%s) has it neither built in nor as a module",
				      module->release),
			    xstrdup("boot a kernel with CONFIG_VFIO_PCI; after a kernel upgrade, "
				    "reboot into it first"));
	else if (module->state == MODULE_BLACKLISTED)
		finding_add(findings, FINDING_MODULE_BLACKLISTED, module->name,
			    xasprintf("%s keeps this module from loading",
				      module->install_command ? "an install line in modprobe.d"
							      : "a blacklist line in modprobe.d or "
								"on the kernel command line"),
			    xstrdup("modprobe -c | grep vfio shows the line; remove it, or say "
				    "--allow module-blacklisted"));
}

void check_modules(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	(void)targets;
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++)
		check_module(&host->modules[i], findings);
}
