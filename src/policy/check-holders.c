/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "policy/check.h"
#include "policy/holder-remedy.h"

/* Another function that stays with the driver: then a node that all share tells little. */
static bool driver_has_others(const struct host *host, const struct targets *targets,
			      struct pci_addr addr)
{
	const struct pci_function *f = pci_functions_find(&host->functions, addr);

	for (size_t i = 0; f && f->driver && i < host->functions.count; i++) {
		const struct pci_function *other = &host->functions.items[i];

		if (other->driver && strcmp(other->driver, f->driver) == 0 &&
		    !targets_have(targets, other->addr))
			return true;
	}
	return false;
}

static void check_holder(const struct host *host, const struct targets *targets,
			 const struct holder *h, struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(h->addr);

	if (h->shared && driver_has_others(host, targets, h->addr))
		finding_add(findings, FINDING_SHARED_NODE_IN_USE, addr.text,
			    xasprintf("%s (pid %d) has %s open, which all cards of this driver "
				      "share: it may be using this one", h->name, (int)h->pid,
				      h->node),
			    xasprintf("if %s works on this card, stop it first", h->name));
	else
		finding_add(findings, FINDING_DEVICE_IN_USE, addr.text,
			    xasprintf("%s (pid %d) has %s open%s", h->name, (int)h->pid, h->node,
				      h->shared ? ", which all cards of this driver share" : ""),
			    holder_remedy(h->name));
}

void check_holders(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	for (size_t i = 0; i < host->holders.count; i++)
		if (targets_have(targets, host->holders.items[i].addr))
			check_holder(host, targets, &host->holders.items[i], findings);
	if (!host->holders.complete)
		finding_add(findings, FINDING_HOLDERS_UNKNOWN, "processes",
			    xstrdup("some processes could not be looked at, so who has the device "
				    "open is not known"),
			    xstrdup("run this as root to know"));
}

/* The kernel's own use of a card has no process, and would make the unbind wait all the same. */
void check_kernel_holders(const struct host *host, const struct targets *targets,
			  struct finding_list *findings)
{
	for (size_t i = 0; i < host->driver_modules.count; i++) {
		const struct driver_module *m = &host->driver_modules.items[i];

		if (m->kept_open_by_drm && targets_have(targets, m->addr))
			finding_add(findings, FINDING_DEVICE_IN_USE, pci_addr_text(m->addr).text,
				    xstrdup("the kernel module nvidia_drm (modeset=1) keeps every card "
					    "of nvidia's open, and nvidia waits until nobody does"),
				    xstrdup("end the graphical session, then   modprobe -r nvidia_drm   "
					    "or boot with nvidia_drm.modeset=0"));
	}
}

/* Kernel users of a driver, such as nvidia_drm of nvidia, have no file open. */
void check_driver_modules(const struct host *host, const struct targets *targets,
			  struct finding_list *findings)
{
	for (size_t i = 0; i < host->driver_modules.count; i++) {
		const struct driver_module *m = &host->driver_modules.items[i];
		const struct pci_function *f = pci_functions_find(&host->functions, m->addr);
		_cleanup_free_ char *holders = NULL;

		if (!targets_have(targets, m->addr) || !pci_function_is_display(f) ||
		    pci_driver_is_vfio(f->driver))
			continue;
		if (m->built_in)
			finding_add(findings, FINDING_DRIVER_BUILT_IN, pci_addr_text(m->addr).text,
				    xasprintf("its driver %s is part of the kernel, and so has the "
					      "card before any claim can be made", f->driver),
				    xstrdup("bind it after the boot instead: vfioadm bind takes it "
					    "from the driver"));
		if (m->holders.count == 0)
			continue;
		holders = strv_join((const char *const *)m->holders.items, ", ");
		finding_add(findings, FINDING_DRIVER_HAS_USERS, pci_addr_text(m->addr).text,
			    xasprintf("other modules are built on its driver's module %s: %s "
				      "(it is in use %d times)", f->module, holders, m->references),
			    xasprintf("if bind hangs, stop what uses them and unload them first: "
				      "modprobe -r %s", m->holders.items[0]));
	}
}
