/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/screen.h"

static struct step *add_step(struct step_list *list, enum step_kind kind, const char *subject,
			     const char *from, const char *to)
{
	struct step step = { .kind = kind };

	snprintf(step.subject, sizeof(step.subject), "%s", subject);
	snprintf(step.from, sizeof(step.from), "%s", from ? from : "");
	snprintf(step.to, sizeof(step.to), "%s", to ? to : "");
	ARRAY_GROW(list->items, list->count);
	list->items[list->count] = step;
	return &list->items[list->count++];
}

static struct step *add_device_step(struct step_list *list, enum step_kind kind,
				    struct pci_addr addr, const char *from, const char *to)
{
	struct step *step = add_step(list, kind, pci_addr_text(addr).text, from, to);

	step->addr = addr;
	return step;
}

static bool equal(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

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
	return equal(f->driver, DRIVER_VFIO_PCI);
}

static void plan_modules(const struct host *host, bool despite_blacklist, struct step_list *plan)
{
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		const struct module_info *m = &host->modules[i];
		struct step *step;

		if (m->state == MODULE_LOADED || m->state == MODULE_BUILTIN)
			continue;
		step = add_step(plan, STEP_LOAD_MODULE, m->name, module_state_to_string(m->state),
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
		struct held held;
		int r;

		if (is_bound(f) || !wanted(f))
			continue;
		r = make_record(f, now, &held, err);
		if (r == 0)
			r = record_screen(host, f, console, &held, err);
		if (r < 0)
			return r;
		/* A record that is there already remembers the driver from before a lost binding. */
		if (!held_list_find(&host->held, f->addr))
			add_device_step(plan, STEP_RECORD, f->addr, "", "held")->held = held;
		if (!equal(f->driver_override, DRIVER_VFIO_PCI))
			add_device_step(plan, STEP_OVERRIDE, f->addr, f->driver_override,
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
		add_step(plan, STEP_RELEASE_CONSOLE, host->display.console, "1", "0")->addr =
			console->owner->addr;
	for (size_t i = 0; i < targets->count; i++) {
		const struct framebuffer_device *device = screen_device(host, targets->items[i]);

		if (device && !is_bound(targets->items[i]))
			add_step(plan, STEP_RELEASE_FRAMEBUFFER, device->name, device->driver, "")
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
		add_step(plan, STEP_WAIT_NODE, node, "", "ready");
	}
}

/* The module's name is for the undo: by then nobody may need it, and it may have been unloaded. */
static void plan_release(const struct pci_function *f, struct step_list *plan)
{
	struct step *step = add_device_step(plan, STEP_UNBIND, f->addr, f->driver, "");

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
			add_device_step(&plan, STEP_BIND, targets->items[i]->addr, "",
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
		add_device_step(plan, STEP_RECORD, f->addr, "", "held")->held =
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

/* A target and what its record says about it. */
struct return_trip {
	const struct pci_function *function;
	const struct held *held;
};

static size_t find_trips(const struct host *host, const struct targets *targets,
			 struct return_trip *trips, struct error *err)
{
	size_t count = 0;

	err->code = 0;
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];
		const struct held *held = held_list_find(&host->held, f->addr);

		if (held)
			trips[count++] = (struct return_trip){ f, held };
		else if (f->driver && pci_driver_is_vfio(f->driver))
			error_set(err, -ENOENT, "%s: %s holds it, but vfioadm did not bind it and "
				  "does not know where it belongs: use the tool that bound it",
				  pci_addr_text(f->addr).text, f->driver);
	}
	return count;
}

static void plan_driver_module(const struct host *host, const struct held *held,
			       struct step_list *plan)
{
	if (!*held->driver || !*held->module || strv_has(&host->drivers, held->driver))
		return;
	for (size_t i = 0; i < plan->count; i++)
		if (equal(plan->items[i].subject, held->module))
			return;
	add_step(plan, STEP_LOAD_MODULE, held->module, "not loaded", "loaded");
}

/* A device that the kernel has removed since is gone until the next boot. */
static bool can_have_framebuffer(const struct host *host, const struct held *held)
{
	for (size_t i = 0; i < host->display.device_count; i++)
		if (equal(host->display.devices[i].name, held->framebuffer))
			return true;
	return false;
}

static bool returns(const struct return_trip *trip)
{
	return trip->function->driver && !equal(trip->function->driver, trip->held->driver);
}

/* A bus reset is for all that is on the bus: the kernel makes it only for one that is alone there. */
static bool can_reset(const struct host *host, const struct pci_function *f)
{
	bool alone = true;

	for (size_t i = 0; i < host->functions.count; i++) {
		const struct pci_function *other = &host->functions.items[i];

		alone &= other == f || other->addr.domain != f->addr.domain ||
			 other->addr.bus != f->addr.bus;
	}
	for (size_t i = 0; i < f->reset_methods.count; i++)
		if (alone || !strstr(f->reset_methods.items[i], "bus"))
			return true;
	return false;
}

static void plan_screen_return(const struct host *host, const struct return_trip *trips,
			       size_t count, struct step_list *plan)
{
	for (size_t i = 0; i < count; i++)
		if (can_have_framebuffer(host, trips[i].held))
			add_step(plan, STEP_RETURN_FRAMEBUFFER, trips[i].held->framebuffer, "",
				 trips[i].held->framebuffer_driver)->addr = trips[i].held->addr;
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->console &&
		    (*trips[i].held->driver || can_have_framebuffer(host, trips[i].held)))
			add_step(plan, STEP_RETURN_CONSOLE, trips[i].held->console, "0", "1")
				->addr = trips[i].held->addr;
}

static int check_resets(const struct host *host, const struct return_trip *trips, size_t count,
			struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct pci_function *f = trips[i].function;
		bool found = !returns(&trips[i]);

		for (size_t j = 0; j < count; j++)
			found |= pci_addr_same_slot(trips[j].function->addr, f->addr) &&
				 can_reset(host, trips[j].function);
		if (!found)
			return error_set(err, -ENOTTY, "%s: the kernel %s: leave --reset out",
					 pci_addr_text(f->addr).text, f->reset_methods.count
					 ? "can reset it only by its bus, and so only together with "
					   "the other functions on it"
					 : "knows no way to reset it");
	}
	return 0;
}

static void plan_resets(const struct host *host, const struct return_trip *trips, size_t count,
			struct step_list *plan)
{
	for (size_t i = 0; i < count; i++)
		if (returns(&trips[i]) && can_reset(host, trips[i].function))
			add_device_step(plan, STEP_RESET, trips[i].function->addr, "", "reset")
				->held = *trips[i].held;
}

static void plan_return(const struct host *host, const struct return_trip *trips, size_t count,
			bool reset, struct step_list *plan)
{
	for (size_t i = 0; i < count; i++)
		plan_driver_module(host, trips[i].held, plan);
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->driver &&
		    !equal(trips[i].function->driver_override, trips[i].held->driver))
			add_device_step(plan, STEP_OVERRIDE, trips[i].function->addr,
					trips[i].function->driver_override, trips[i].held->driver);
	for (size_t i = 0; i < count; i++)
		if (returns(&trips[i]))
			add_device_step(plan, STEP_UNBIND, trips[i].function->addr,
					trips[i].function->driver, "");
	if (reset)
		plan_resets(host, trips, count, plan);
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->driver &&
		    !equal(trips[i].function->driver, trips[i].held->driver))
			add_device_step(plan, STEP_BIND, trips[i].function->addr, "",
					trips[i].held->driver);
	plan_screen_return(host, trips, count, plan);
	for (size_t i = 0; i < count; i++) {
		const struct held *held = trips[i].held;
		const char *aimed = *held->driver ? held->driver
						  : trips[i].function->driver_override;

		if (!equal(aimed, held->override))
			add_device_step(plan, STEP_OVERRIDE, trips[i].function->addr, aimed,
					held->override);
	}
	for (size_t i = 0; i < count; i++)
		if (!*trips[i].held->driver && *trips[i].held->claim)
			add_device_step(plan, STEP_PROBE, trips[i].function->addr, "", "");
	for (size_t i = 0; i < count; i++)
		add_device_step(plan, STEP_FORGET, trips[i].function->addr, "held", "")->held =
			*trips[i].held;
}

int plan_unbind(const struct host *host, const struct targets *targets, bool reset,
		struct step_list *ret, struct error *err)
{
	_cleanup_free_ struct return_trip *trips = xcalloc(targets->count, sizeof(*trips));
	struct step_list plan = { 0 };
	size_t count = find_trips(host, targets, trips, err);

	if (err->code < 0)
		return err->code;
	if (reset && check_resets(host, trips, count, err) < 0)
		return err->code;
	plan_return(host, trips, count, reset, &plan);
	*ret = plan;
	return 0;
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
	step = add_step(plan, STEP_OWN, path, NULL, NULL);
	snprintf(step->from, sizeof(step->from), "%u:%u", from.uid, from.gid);
	snprintf(step->to, sizeof(step->to), "%u:%u", to.uid, to.gid);
	return 0;
}
