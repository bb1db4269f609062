/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/boot-remedy.h"
#include "policy/check.h"

/* The host's other devices that the same ids take, "" for none; to be freed. */
static char *list_twins(const struct host *host, const struct targets *targets,
			const struct ids_claim *claim)
{
	char *list = NULL;
	size_t size;
	FILE *out = xopen_memstream(&list, &size);

	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *f = &host->functions.items[i];

		if (ids_claim_fits(claim, f) && !targets_have(targets, f->addr))
			fprintf(out, "%s%s", ftell(out) ? ", " : "", pci_addr_text(f->addr).text);
	}
	fclose(out);
	return list;
}

static void check_ids(const struct host *host, const struct targets *targets,
		      const struct pci_function *f, struct finding_list *findings)
{
	for (size_t i = 0; i < host->rivals.ids_count; i++) {
		const struct ids_claim *claim = &host->rivals.ids[i];
		const char *where = host->rivals.sources[claim->source].where;
		_cleanup_free_ char *twins = NULL;

		if (!ids_claim_gives(&host->rivals, claim, f))
			continue;
		twins = list_twins(host, targets, claim);
		finding_add(findings, FINDING_IDS_CLAIM, pci_addr_text(f->addr).text,
			    xasprintf("%s gives every %s to vfio-pci, whatever is decided here for one "
				      "address%s%s", where, claim->text,
				      *twins ? ", and so also " : "", twins),
			    *where == '/'
				    ? xasprintf("take the ids= of vfio-pci out of %s and rebuild "
						"the initramfs", where)
				    : boot_remove_word(&host->platform, "vfio-pci.ids="));
	}
}

static void check_driverctl(const struct host *host, const struct pci_function *f,
			    struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(f->addr);

	for (size_t i = 0; i < host->rivals.override_count; i++) {
		const struct driverctl_override *o = &host->rivals.overrides[i];

		if (pci_addr_compare(o->addr, f->addr) != 0)
			continue;
		finding_add(findings, FINDING_DRIVERCTL_OVERRIDE, addr.text,
			    driverctl_gives_to_vfio(o)
				    ? xstrdup("driverctl also gives it to vfio-pci, at each boot "
					      "after other drivers may have had it")
				    : xasprintf("driverctl gives it to %s at each boot and "
						"whenever it is plugged in", o->driver),
			    xasprintf("driverctl unset-override %s", addr.text));
	}
}

void check_libvirt(const struct host *host, const struct targets *targets,
		   struct finding_list *findings)
{
	for (size_t i = 0; i < host->rivals.use_count; i++) {
		const struct libvirt_use *use = &host->rivals.uses[i];

		if (targets_have(targets, use->addr))
			finding_add(findings, FINDING_LIBVIRT_USES_DEVICE,
				    pci_addr_text(use->addr).text,
				    xasprintf("libvirt's guest %s runs and has it", use->guest),
				    xasprintf("virsh shutdown %s", use->guest));
	}
}

static bool is_built_in(const struct host *host, const struct pci_function *f)
{
	bool built_in = false;

	for (size_t i = 0; i < host->driver_modules.count; i++)
		built_in |= host->driver_modules.items[i].built_in &&
			    pci_addr_compare(host->driver_modules.items[i].addr, f->addr) == 0;
	return built_in;
}

/* A softdep names a module, where "-" and "_" mean the same. */
static const struct softdep *find_softdep(const struct host *host, const char *module)
{
	for (size_t i = 0; i < host->rivals.softdep_count; i++) {
		const char *a = host->rivals.softdeps[i].module, *b = module;

		while (*a && (*a == *b || (strchr("-_", *a) && *b && strchr("-_", *b))))
			a++, b++;
		if (!*a && !*b)
			return &host->rivals.softdeps[i];
	}
	return NULL;
}

/*
 * A softdep is followed when the driver's module is loaded; a driver that is built in never is, and
 * a vfio-pci that is built in is there before any module.
 */
static void check_softdep(const struct host *host, const struct pci_function *f,
			  struct finding_list *findings)
{
	const char *module = f->module ? f->module : f->driver;
	const struct softdep *dep;

	if (!f->driver || pci_driver_is_vfio(f->driver))
		return;
	dep = find_softdep(host, module);
	if (dep && is_built_in(host, f))
		finding_add(findings, FINDING_MODPROBE_ORDER_USELESS, pci_addr_text(f->addr).text,
			    xasprintf("the softdep line for %s in %s has no effect, because that "
				      "driver is built in", dep->module, dep->where),
			    xasprintf("take the line out of %s", dep->where));
	if (!dep && !is_built_in(host, f) && rivals_give_to_vfio(&host->rivals, f) &&
	    host->modules[VFIO_MODULE_COUNT - 1].state != MODULE_BUILTIN)
		finding_add(findings, FINDING_MODPROBE_ORDER_MISSING, pci_addr_text(f->addr).text,
			    xasprintf("vfio-pci is to have it at boot, but nothing has vfio-pci "
				      "loaded before %s", module),
			    xasprintf("echo softdep %s pre: vfio-pci >/etc/modprobe.d/vfioadm.conf   "
				      "and rebuild the initramfs", module));
}

void check_rivals(const struct host *host, const struct targets *targets,
		  struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++) {
		check_ids(host, targets, targets->items[i], findings);
		check_driverctl(host, targets->items[i], findings);
		check_softdep(host, targets->items[i], findings);
	}
}

/* Mainline ignores the word; patched kernels then make groups that the hardware does not keep. */
void check_kernel_settings(const struct host *host, const struct targets *targets,
			   struct finding_list *findings)
{
	const char *value = platform_cmdline_value(&host->platform, "pcie_acs_override");
	const char *lockdown = host->platform.lockdown;

	(void)targets;
	if (host->modules[VFIO_MODULE_COUNT - 1].state == MODULE_BUILTIN)
		finding_add(findings, FINDING_VFIO_BUILT_IN, "kernel",
			    xstrdup("vfio-pci is part of this kernel, and so has to be loaded by "
				    "nobody"),
			    xstrdup("what modprobe.d would set for it goes onto the kernel command "
				    "line, as vfio-pci.OPTION=VALUE"));
	if (value) {
		_cleanup_free_ char *word = xasprintf("pcie_acs_override=%s", value);

		finding_add(findings, FINDING_ACS_OVERRIDE_IN_EFFECT, "kernel",
			    xasprintf("it was booted with %s: a kernel with that patch splits "
				      "groups that the hardware does not keep apart, so a guest "
				      "may reach other devices' memory", word),
			    boot_remove_word(&host->platform, word));
	}
	if (lockdown)
		finding_add(findings, FINDING_KERNEL_LOCKDOWN, "kernel",
			    xasprintf("it is locked down (%s): modules that are not signed, such "
				      "as vendor-reset, do not load", lockdown),
			    xstrdup("vfio-pci of the distribution is signed and works; to load "
				    "others, sign them (mokutil --import) or end Secure Boot"));
}
