/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/plan-step.h"
#include "policy/plan.h"

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
			error_set(err, -ENOENT,
				  "%s: %s holds it, but vfioadm did not bind it and "
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
		if (same_text(plan->items[i].subject, held->module))
			return;
	plan_step(plan, STEP_LOAD_MODULE, held->module, "not loaded", "loaded");
}

/* A device that the kernel has removed since is gone until the next boot. */
static bool can_have_framebuffer(const struct host *host, const struct held *held)
{
	for (size_t i = 0; i < host->display.device_count; i++)
		if (same_text(host->display.devices[i].name, held->framebuffer))
			return true;
	return false;
}

static bool returns(const struct return_trip *trip)
{
	return trip->function->driver && !same_text(trip->function->driver, trip->held->driver);
}

/* A bus reset is for all on the bus: the kernel makes it only for one that is alone there. */
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
			plan_step(plan, STEP_RETURN_FRAMEBUFFER, trips[i].held->framebuffer, "",
				  trips[i].held->framebuffer_driver)
				->addr = trips[i].held->addr;
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->console &&
		    (*trips[i].held->driver || can_have_framebuffer(host, trips[i].held)))
			plan_step(plan, STEP_RETURN_CONSOLE, trips[i].held->console, "0", "1")
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
			return error_set(
				err, -ENOTTY, "%s: the kernel %s: leave --reset out",
				pci_addr_text(f->addr).text,
				f->reset_methods.count
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
			plan_device_step(plan, STEP_RESET, trips[i].function->addr, "", "reset")
				->held = *trips[i].held;
}

static void plan_return(const struct host *host, const struct return_trip *trips, size_t count,
			bool reset, struct step_list *plan)
{
	for (size_t i = 0; i < count; i++)
		plan_driver_module(host, trips[i].held, plan);
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->driver &&
		    !same_text(trips[i].function->driver_override, trips[i].held->driver))
			plan_device_step(plan, STEP_OVERRIDE, trips[i].function->addr,
					 trips[i].function->driver_override, trips[i].held->driver);
	for (size_t i = 0; i < count; i++)
		if (returns(&trips[i]))
			plan_device_step(plan, STEP_UNBIND, trips[i].function->addr,
					 trips[i].function->driver, "");
	if (reset)
		plan_resets(host, trips, count, plan);
	for (size_t i = 0; i < count; i++)
		if (*trips[i].held->driver &&
		    !same_text(trips[i].function->driver, trips[i].held->driver))
			plan_device_step(plan, STEP_BIND, trips[i].function->addr, "",
					 trips[i].held->driver);
	plan_screen_return(host, trips, count, plan);
	for (size_t i = 0; i < count; i++) {
		const struct held *held = trips[i].held;
		const char *aimed =
			*held->driver ? held->driver : trips[i].function->driver_override;

		if (!same_text(aimed, held->override))
			plan_device_step(plan, STEP_OVERRIDE, trips[i].function->addr, aimed,
					 held->override);
	}
	for (size_t i = 0; i < count; i++)
		if (!*trips[i].held->driver && *trips[i].held->claim)
			plan_device_step(plan, STEP_PROBE, trips[i].function->addr, "", "");
	for (size_t i = 0; i < count; i++)
		plan_device_step(plan, STEP_FORGET, trips[i].function->addr, "held", "")->held =
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
