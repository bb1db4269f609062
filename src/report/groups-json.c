/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/groups-json.h"

#include "base/alloc.h"
#include "policy/target.h"

static void put_iommu(struct json_object *document, const struct iommu *iommu)
{
	struct json_object *object = json_put_object(document, "iommu");

	json_put_bool(object, "active", iommu->active);
	json_put_string(object, "kind", iommu->kind);
	if (iommu->remapping == REMAPPING_UNKNOWN)
		json_put_null(object, "interrupt_remapping");
	else
		json_put_bool(object, "interrupt_remapping", iommu->remapping == REMAPPING_ON);
}

/* NULL when the member is fit to be in a group that a guest uses, or is no PCI function. */
static const struct pci_function *blocker_at(const struct host *host, struct pci_addr member)
{
	const struct pci_function *f = pci_functions_find(&host->functions, member);

	return f && !driver_leaves_group_viable(f->driver) ? f : NULL;
}

static void put_viability(struct json_object *object, const struct host *host,
			  const struct iommu_group *group)
{
	struct json_object *array;
	bool viable = true;

	for (size_t i = 0; i < group->member_count; i++)
		viable &= !blocker_at(host, group->members[i]);
	json_put_bool(object, "viable", viable);
	array = json_put_array(object, "blockers");
	for (size_t i = 0; i < group->member_count; i++) {
		const struct pci_function *f = blocker_at(host, group->members[i]);
		struct json_object *blocker;

		if (!f)
			continue;
		blocker = json_add_object(array);
		json_put_string(blocker, "address", pci_addr_text(f->addr).text);
		json_put_string(blocker, "driver", f->driver);
	}
}

static void put_group(struct json_object *object, const struct host *host,
		      const struct iommu_group *group)
{
	struct json_object *array;

	json_put_int(object, "id", group->id);
	json_put_string(object, "type", group->type);
	array = json_put_array(object, "members");
	for (size_t i = 0; i < group->member_count; i++)
		json_add_string(array, pci_addr_text(group->members[i]).text);
	put_viability(object, host, group);
	array = json_put_array(object, "reserved");
	for (size_t i = 0; i < group->reserved.count; i++)
		json_add_string(array, group->reserved.items[i]);
}

void json_put_groups(struct json_object *document, const struct host *host)
{
	struct json_object *groups;

	put_iommu(document, &host->iommu);
	groups = json_put_array(document, "groups");
	for (size_t i = 0; i < host->iommu.group_count; i++)
		put_group(json_add_object(groups), host, &host->iommu.groups[i]);
}

static void add_members(struct json_object *array, const struct prediction *prediction,
			const struct predicted_group *group)
{
	const struct pci_function *items = prediction->tree.host->functions.items;

	for (size_t i = 0; i < group->count; i++)
		json_add_string(array, pci_addr_text(items[group->members[i]].addr).text);
}

static void put_predicted(struct json_object *object, const struct prediction *prediction,
			  const struct predicted_group *group)
{
	const struct pci_function *items = prediction->tree.host->functions.items;
	struct json_object *array = json_put_array(object, "members");

	add_members(array, prediction, group);
	array = json_put_array(object, "reasons");
	for (size_t i = 0; i < group->count; i++) {
		size_t member = group->members[i];
		_cleanup_free_ char *text = prediction_reason_text(prediction, member);
		struct json_object *reason;

		if (!text)
			continue;
		reason = json_add_object(array);
		json_put_string(reason, "address", pci_addr_text(items[member].addr).text);
		json_put_string(reason, "code",
				reason_code_to_string(prediction->reasons[member].code));
		json_put_string(reason, "text", text);
	}
}

static void put_all_predicted(struct json_object *object, const struct prediction *prediction)
{
	struct json_object *array = json_put_array(object, "predicted");

	for (size_t i = 0; i < prediction->group_count; i++)
		put_predicted(json_add_object(array), prediction, &prediction->groups[i]);
}

static void put_split(struct json_object *object, const struct prediction *prediction, size_t group,
		      const struct group_split *split)
{
	struct json_object *array = json_put_array(object, "members");

	add_members(array, prediction, &prediction->groups[group]);
	array = json_put_array(object, "groups");
	for (size_t i = 0; i < split->part_count; i++)
		add_members(json_add_array(array), prediction, &split->parts[i]);
}

void json_put_what_ifs(struct json_object *document, const struct prediction *prediction,
		       const struct what_ifs *what_ifs)
{
	const struct pci_function *items = prediction->tree.host->functions.items;
	struct json_object *array = json_put_array(document, "what_if");

	for (size_t i = 0; i < what_ifs->count; i++) {
		const struct what_if *what_if = &what_ifs->items[i];
		_cleanup_free_ char *text = what_if_text(prediction, what_if);
		struct json_object *object = json_add_object(array);

		json_put_string(object, "address",
				pci_addr_text(items[what_if->device].addr).text);
		put_split(object, prediction, what_if->group, &what_if->split);
		json_put_string(object, "text", text);
	}
}

void json_put_with_acs(struct json_object *document, const struct prediction *plain,
		       const struct prediction *assumed, const struct targets *targets)
{
	struct json_object *object = json_put_object(document, "with_acs"), *array;

	array = json_put_array(object, "devices");
	for (size_t i = 0; i < targets->count; i++)
		json_add_string(array, pci_addr_text(targets->items[i]->addr).text);
	put_all_predicted(object, assumed);
	array = json_put_array(object, "changes");
	for (size_t g = 0; g < plain->group_count; g++) {
		struct group_split split;

		group_split_make(&plain->groups[g], assumed->group_of, assumed->group_count,
				 &split);
		if (split.part_count > 1)
			put_split(json_add_object(array), plain, g, &split);
		group_split_release(&split);
	}
}

void json_put_prediction(struct json_object *document, const struct prediction *prediction)
{
	enum prediction_match match = prediction_compare(prediction);

	put_all_predicted(document, prediction);
	if (match == PREDICTION_UNKNOWN)
		json_put_null(document, "prediction_matches");
	else
		json_put_bool(document, "prediction_matches", match == PREDICTION_MATCHES);
}
