/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/plan-step.h"
#include "policy/screen.h"

static int fill(char *field, size_t size, const char *value, struct pci_addr addr,
		const char *what, struct error *err)
{
	if (value && strlen(value) >= size)
		return error_set(err, -ENAMETOOLONG, "%s: its %s has a name of more than %zu "
				 "characters: refused", pci_addr_text(addr).text, what, size - 1);
	snprintf(field, size, "%s", value ? value : "");
	return 0;
}

static int make_record(const struct pci_function *f, time_t now, struct held *held,
		       struct error *err)
{
	int r;

	*held = (struct held){ .addr = f->addr, .vendor = f->vendor, .device = f->device,
			       .since = now };
	r = fill(held->driver, sizeof(held->driver), f->driver, f->addr, "driver", err);
	if (r == 0)
		r = fill(held->module, sizeof(held->module), f->module, f->addr, "module", err);
	if (r == 0)
		r = fill(held->override, sizeof(held->override), f->driver_override, f->addr,
			 "driver_override", err);
	return r;
}

/* What of the screen was on it, for unbind to give back. */
static int record_screen(const struct host *host, const struct pci_function *f,
			 const struct console *console, struct held *held, struct error *err)
{
	const struct framebuffer_device *device = screen_device(host, f);
	int r = 0;

	if (device)
		r = fill(held->framebuffer, sizeof(held->framebuffer), device->name, f->addr,
			 "frame buffer", err);
	if (r == 0 && device)
		r = fill(held->framebuffer_driver, sizeof(held->framebuffer_driver),
			 device->driver, f->addr, "frame buffer's driver", err);
	if (r == 0 && console->fate == CONSOLE_GOES && console->owner == f)
		r = fill(held->console, sizeof(held->console), host->display.console, f->addr,
			 "console", err);
	return r;
}

static bool is_bound(const struct pci_function *f)
{
	return same_text(f->driver, DRIVER_VFIO_PCI);
}

static void plan_modules(const struct host *host, bool despite_blacklist, struct step_list *plan)
{
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		const struct module_info *m = &host->modules[i];
		struct step *step;

		if (m->state == MODULE_LOADED || m->state == MODULE_BUILTIN)
			continue;
		step = plan_step(plan, STEP_LOAD_MODULE, m->name, module_state_to_string(m->state),
				module_state_to_string(MODULE_LOADED));
		step->despite_blacklist = despite_blacklist;
	}
}

static bool is_any(const struct pci_function *f)
{
	(void)f;
	return true;
}

static bool has_no_driver(const struct pci_function *f)
{
	return !f->driver;
}

static int plan_overrides(const struct host *host, const struct targets *targets,
			  const struct console *console, time_t now,
			  bool (*wanted)(const struct pci_function *f), struct step_list *plan,
			  struct error *err)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];
		const struct held *record = held_list_find(&host->held, f->addr);
		struct held held;
		int r;

		if (is_bound(f) || !wanted(f))
			continue;
		/* Where no bind follows there may be nothing to do. */
		if (record && wanted != is_any && same_text(f->driver_override, DRIVER_VFIO_PCI))
			continue;
		r = make_record(f, now, &held, err);
		if (r == 0)
			r = record_screen(host, f, console, &held, err);
		if (r < 0)
			return r;
		/*
		 * A record that is there already remembers the driver from before a lost binding. Or it
		 * is another vfioadm's, which is just about to undo its work: it has to be there still.
		 */
		plan_device_step(plan, STEP_RECORD, f->addr, record ? "held" : "", "held")->held =
			record ? *record : held;
		if (!same_text(f->driver_override, DRIVER_VFIO_PCI))
			plan_device_step(plan, STEP_OVERRIDE, f->addr, f->driver_override,
					DRIVER_VFIO_PCI);
	}
	return 0;
}

/*
 * From the outside in: the console, the frame buffer that it is on, then the card below that. A
 * console that has a frame buffer elsewhere the kernel moves there by itself.
 */
static void plan_screen(const struct host *host, const struct targets *targets,
			const struct console *console, struct step_list *plan)
{
	if (console->fate == CONSOLE_GOES)
		plan_step(plan, STEP_RELEASE_CONSOLE, host->display.console, "1", "0")->addr =
			console->owner->addr;
	for (size_t i = 0; i < targets->count; i++) {
		const struct framebuffer_device *device = screen_device(host, targets->items[i]);

		if (device && !is_bound(targets->items[i]))
			plan_step(plan, STEP_RELEASE_FRAMEBUFFER, device->name, device->driver, "")
				->addr = targets->items[i]->addr;
	}
}

static void plan_nodes(const struct targets *targets, struct step_list *plan)
{
	char node[64];

	for (size_t i = 0; i < targets->count; i++) {
		int group = targets->items[i]->iommu_group;
		bool seen = group < 0;

		for (size_t j = 0; j < i; j++)
			seen |= targets->items[j]->iommu_group == group;
		if (seen)
			continue;
		snprintf(node, sizeof(node), NAME_DEV_VFIO "/%d", group);
		plan_step(plan, STEP_WAIT_NODE, node, "", "ready");
	}
}

/* The module's name is for the undo: by then nobody may need it, and it may have been unloaded. */
static void plan_release(const struct pci_function *f, struct step_list *plan)
{
	struct step *step = plan_device_step(plan, STEP_UNBIND, f->addr, f->driver, "");

	if (f->module && strlen(f->module) < sizeof(step->held.module))
		strcpy(step->held.module, f->module);
}

int plan_bind(const struct host *host, const struct targets *targets, bool despite_blacklist,
	      time_t now, struct step_list *ret, struct error *err)
{
	struct console console = screen_console(host, targets);
	struct step_list plan = { 0 };
	bool all_bound = true;
	int r;

	for (size_t i = 0; i < targets->count; i++)
		all_bound &= is_bound(targets->items[i]);
	if (all_bound) {
		*ret = plan;
		return 0;
	}
	plan_modules(host, despite_blacklist, &plan);
	r = plan_overrides(host, targets, &console, now, is_any, &plan, err);
	if (r < 0) {
		step_list_release(&plan);
		return r;
	}
	plan_screen(host, targets, &console, &plan);
	/*
	 * The last function first: sound, USB and UCSI functions are consumers of the GPU before them,
	 * and where a driver hangs it is mostly theirs; then the GPU still has its own.
	 */
	for (size_t i = targets->count; i-- > 0;)
		if (!is_bound(targets->items[i]) && targets->items[i]->driver)
			plan_release(targets->items[i], &plan);
	for (size_t i = 0; i < targets->count; i++)
		if (!is_bound(targets->items[i]))
			plan_device_step(&plan, STEP_BIND, targets->items[i]->addr, "",
					DRIVER_VFIO_PCI);
	plan_nodes(targets, &plan);
	*ret = plan;
	return 0;
}

/* What vfio-pci had before we came: the override was set to bring it there, and goes with it. */
static void plan_adoption(const struct host *host, const struct targets *targets, time_t now,
			  struct step_list *plan)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];

		if (!is_bound(f) || held_list_find(&host->held, f->addr))
			continue;
		plan_device_step(plan, STEP_RECORD, f->addr, "", "held")->held =
			(struct held){ .addr = f->addr, .vendor = f->vendor, .device = f->device,
				       .since = now };
	}
}

int plan_keep(const struct host *host, const struct targets *targets, time_t now,
	      struct step_list *ret, struct error *err)
{
	struct console console = screen_console(host, targets);
	struct step_list plan = { 0 };
	int r;

	plan_adoption(host, targets, now, &plan);
	r = plan_overrides(host, targets, &console, now, has_no_driver, &plan, err);
	if (r < 0)
		step_list_release(&plan);
	else
		*ret = plan;
	return r;
}

void plan_name_claim(struct step_list *plan, const char *claim)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->items[i].kind == STEP_RECORD)
			snprintf(plan->items[i].held.claim, sizeof(plan->items[i].held.claim), "%s",
				 claim);
}

int plan_own(const char *path, struct owner from, struct owner to, struct step_list *plan,
	     struct error *err)
{
	struct step *step;

	path += *path == '/';
	/* A journal is lines, with tabs between the fields. */
	if (strlen(path) >= sizeof(step->subject) || path[strcspn(path, "\t\n")])
		return error_set(err, -ENAMETOOLONG, "/%s: its owner cannot be changed for the time "
				 "that the guest runs: the path is too long or holds a control "
				 "character", path);
	step = plan_step(plan, STEP_OWN, path, NULL, NULL);
	snprintf(step->from, sizeof(step->from), "%u:%u", from.uid, from.gid);
	snprintf(step->to, sizeof(step->to), "%u:%u", to.uid, to.gid);
	return 0;
}
