/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-views.h"

#include "host/pci-config.h"

struct json_object *json_document(void)
{
	struct json_object *document = json_new();

	json_put_string(document, "schema", "vfioadm/1");
	return document;
}

static void put_number_or_null(struct json_object *object, const char *key, int value)
{
	if (value < 0)
		json_put_null(object, key);
	else
		json_put_int(object, key, value);
}

static void put_names(struct json_object *object, const struct host *host,
		      const struct pci_function *f)
{
	char name[128];

	pci_config_vendor_name(host->config, f->vendor, name, sizeof(name));
	json_put_string(object, "vendor_name", *name ? name : NULL);
	pci_config_device_name(host->config, f->vendor, f->device, name, sizeof(name));
	json_put_string(object, "device_name", *name ? name : NULL);
}

/* The functions are sorted by address, so that those of a slot are neighbours. */
static void put_slot_functions(struct json_object *object, const struct host *host,
			       const struct pci_function *f)
{
	const struct pci_function *first = host->functions.items;
	const struct pci_function *end = first + host->functions.count;
	struct json_object *slot = json_put_array(object, "slot_functions");

	while (f > first && pci_addr_same_slot(f[-1].addr, f->addr))
		f--;
	for (const struct pci_function *g = f; g < end && pci_addr_same_slot(g->addr, f->addr); g++)
		json_add_string(slot, pci_addr_text(g->addr).text);
}

static void put_device(struct json_object *device, const struct host *host,
		       const struct pci_function *f)
{
	struct json_object *methods;

	json_put_string(device, "address", pci_addr_text(f->addr).text);
	json_put_stringf(device, "vendor", "%04x", f->vendor);
	json_put_stringf(device, "device", "%04x", f->device);
	json_put_stringf(device, "subsystem_vendor", "%04x", f->subsystem_vendor);
	json_put_stringf(device, "subsystem_device", "%04x", f->subsystem_device);
	json_put_stringf(device, "class", "%06x", f->class);
	put_names(device, host, f);
	json_put_string(device, "driver", f->driver);
	json_put_string(device, "driver_override", f->driver_override);
	put_number_or_null(device, "iommu_group", f->iommu_group);
	json_put_bool(device, "boot_vga", f->boot_vga);
	json_put_bool(device, "display", pci_function_is_display(f));
	put_slot_functions(device, host, f);
	json_put_string(device, "parent", f->has_parent ? pci_addr_text(f->parent).text : NULL);
	methods = json_put_array(device, "reset_methods");
	for (size_t i = 0; i < f->reset_methods.count; i++)
		json_add_string(methods, f->reset_methods.items[i]);
	json_put_string(device, "power_state", f->power_state);
	put_number_or_null(device, "numa_node", f->numa_node);
}

void json_put_devices(struct json_object *document, const struct host *host,
		      const struct targets *targets)
{
	struct json_object *devices = json_put_array(document, "devices");

	for (size_t i = 0; i < targets->count; i++)
		put_device(json_add_object(devices), host, targets->items[i]);
}

static void put_text_or_null(struct json_object *object, const char *key, const char *text)
{
	json_put_string(object, key, *text ? text : NULL);
}

void json_put_held(struct json_object *document, const struct held_list *held)
{
	struct json_object *array = json_put_array(document, "held");

	for (size_t i = 0; i < held->count; i++) {
		const struct held *h = &held->items[i];
		struct json_object *item = json_add_object(array);

		json_put_string(item, "address", pci_addr_text(h->addr).text);
		json_put_stringf(item, "ids", "%04x:%04x", h->vendor, h->device);
		put_text_or_null(item, "original_driver", h->driver);
		put_text_or_null(item, "original_override", h->override);
		json_put_int(item, "since", h->since);
		put_text_or_null(item, "claim", h->claim);
	}
}

/* Those that run: what a crash left is recover's. */
void json_put_guests(struct json_object *document, const struct running_guests *guests)
{
	struct json_object *array = json_put_array(document, "guests"), *devices;

	for (size_t i = 0; i < guests->count; i++) {
		const struct running_guest *g = &guests->items[i];
		struct json_object *item;

		if (!g->runs)
			continue;
		item = json_add_object(array);
		json_put_string(item, "name", g->name);
		json_put_int(item, "pid", g->qemu.pid);
		if (g->supervised && g->supervisor.pid != g->qemu.pid)
			json_put_int(item, "supervisor", g->supervisor.pid);
		else
			json_put_null(item, "supervisor");
		json_put_int(item, "since", g->since);
		devices = json_put_array(item, "devices");
		for (size_t j = 0; j < g->devices.count; j++)
			json_add_string(devices, g->devices.items[j]);
	}
}

void json_put_plan(struct json_object *document, const struct step_list *plan)
{
	struct json_object *array = json_put_array(document, "plan");

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->items[i];
		struct json_object *item = json_add_object(array);

		json_put_string(item, "step", step_kind_to_string(step->kind));
		json_put_string(item, "subject", step->subject);
		put_text_or_null(item, "from", step->from);
		put_text_or_null(item, "to", step->to);
	}
}

void json_put_findings(struct json_object *document, const struct finding_list *findings)
{
	struct json_object *array = json_put_array(document, "findings");

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->items[i];
		const struct finding_kind *kind = &finding_kinds[f->id];
		struct json_object *item = json_add_object(array);

		json_put_string(item, "id", kind->id);
		json_put_string(item, "severity", finding_severity_to_string(kind->severity));
		json_put_string(item, "subject", f->subject);
		json_put_string(item, "message", f->message);
		json_put_string(item, "remedy", f->remedy);
	}
}
