/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/alloc.h"
#include "policy/boot-remedy.h"
#include "policy/check.h"
#include "policy/predict.h"
#include "policy/switch.h"

/* So many addresses are enough for a sentence. */
#define LIST_MAX 6

/* "0000:02:00.0, 0000:03:00.0" of those functions that are marked; NULL for none; to be freed. */
static char *list_marked(const struct host *host, const bool *marked)
{
	size_t size, count = 0;
	char *list = NULL;
	FILE *out = xopen_memstream(&list, &size);

	for (size_t i = 0; i < host->functions.count; i++) {
		if (!marked[i])
			continue;
		if (count++ < LIST_MAX)
			fprintf(out, "%s%s", count > 1 ? ", " : "",
				pci_addr_text(host->functions.items[i].addr).text);
	}
	if (count > LIST_MAX)
		fprintf(out, " and %zu more", count - LIST_MAX);
	fclose(out);
	if (count > 0)
		return list;
	free(list);
	return NULL;
}

static void add_apart(const struct host *host, const char *subject, const char *others,
		      struct finding_list *findings)
{
	const char *value = platform_cmdline_value(&host->platform, "pcie_acs_override");
	_cleanup_free_ char *word = value ? xasprintf("pcie_acs_override=%s", value) : NULL;

	finding_add(findings, FINDING_PREDICTION_DIFFERS, subject,
		    xasprintf("the kernel keeps %s out of this group, though nothing in the "
			      "hardware keeps them apart; likely because of %s", others,
			      word ? word : "a kernel that is patched or newer than this rule, or "
					    "ACS that was switched off after boot"),
		    word ? boot_remove_word(&host->platform, word)
			 : xasprintf("give %s to the same guest, or keep their drivers off them",
				     others));
}

static void add_together(const char *subject, const char *others, struct finding_list *findings)
{
	finding_add(findings, FINDING_PREDICTION_DIFFERS, subject,
		    xasprintf("the kernel has %s in this group, though the hardware keeps them "
			      "apart; likely because of firmware or a kernel that switched ACS on "
			      "only later, or a kernel older or newer than this rule", others),
		    xstrdup("go by the kernel's group, as vfioadm does; reboot, with the newest "
			    "firmware and kernel, if you need it smaller"));
}

/* The kernel's group of a target against the predicted one: who is in only one of them? */
static void compare_group(const struct prediction *prediction, size_t target,
			  struct finding_list *findings)
{
	const struct host *host = prediction->tree.host;
	const struct pci_function *items = host->functions.items;
	_cleanup_free_ bool *apart = xcalloc(prediction->tree.count, sizeof(*apart));
	_cleanup_free_ bool *together = xcalloc(prediction->tree.count, sizeof(*together));
	_cleanup_free_ char *subject = xasprintf("group %d", items[target].iommu_group);
	_cleanup_free_ char *outside = NULL, *inside = NULL;

	for (size_t i = 0; i < prediction->tree.count; i++) {
		bool predicted = prediction->group_of[i] == prediction->group_of[target];
		bool real = items[i].iommu_group == items[target].iommu_group;

		apart[i] = predicted && !real;
		together[i] = real && !predicted;
	}
	outside = list_marked(host, apart);
	inside = list_marked(host, together);
	if (outside)
		add_apart(host, subject, outside, findings);
	if (inside)
		add_together(subject, inside, findings);
}

/* Is this the first function of its IOMMU group that is asked about? met: one for each group. */
static bool first_of_group(const struct iommu *iommu, const struct pci_function *f, bool *met)
{
	const struct iommu_group *group = iommu_find_group(iommu, f->iommu_group);
	bool first;

	if (!group)
		return false;
	first = !met[group - iommu->groups];
	met[group - iommu->groups] = true;
	return first;
}

/* Where there are groups those count, else those that there would be. */
static bool same_group(const struct prediction *prediction, size_t a, size_t b)
{
	const struct pci_function *items = prediction->tree.host->functions.items;

	if (prediction->tree.host->iommu.has_groups)
		return items[a].iommu_group == items[b].iommu_group;
	return prediction->group_of[a] == prediction->group_of[b];
}

static bool any_marked(const bool *marked, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (marked[i])
			return true;
	return false;
}

/* Ports that are in the target's group already hide nothing that the group does not tell. */
static void check_switch(const struct prediction *prediction, size_t target, size_t port,
			 struct finding_list *findings)
{
	const struct host *host = prediction->tree.host;
	size_t count = prediction->tree.count;
	_cleanup_free_ bool *bare = xcalloc(count, sizeof(*bare));
	_cleanup_free_ bool *peers = xcalloc(count, sizeof(*peers));
	_cleanup_free_ char *ports = NULL, *others = NULL;
	bool apart = false;

	switch_mark_bare_ports(prediction, port, bare);
	if (!any_marked(bare, count))
		return;
	for (size_t i = 0; i < count; i++) {
		bool beside = switch_is_below(&prediction->tree, i, port) &&
			      !pci_tree_is_below(&prediction->tree, i, port);

		beside &= !same_group(prediction, i, target);
		apart |= beside;
		peers[i] = beside && !pci_function_is_bridge(&host->functions.items[i]);
	}
	if (!apart)
		return;
	ports = list_marked(host, bare);
	others = list_marked(host, peers);
	finding_add(findings, FINDING_SWITCH_WITHOUT_ACS,
		    pci_addr_text(host->functions.items[target].addr).text,
		    xasprintf("ports of the switch that it is behind have no ACS (%s), so that it "
			      "and what is behind its other ports (%s) can reach each other past "
			      "the IOMMU, whatever the groups say", ports,
			      others ? others : "nothing now"),
		    xstrdup("move the card to a slot that shares no switch, or give all that is "
			    "behind the switch to the same guest"));
}

/* The switch that is highest above the target and would become one group, by its port. */
static size_t find_widening(const struct prediction *prediction, size_t target)
{
	size_t highest = NO_FUNCTION;

	for (size_t port = switch_port_above(&prediction->tree, target); port != NO_FUNCTION;
	     port = switch_port_above(&prediction->tree, port)) {
		_cleanup_free_ bool *bare = xcalloc(prediction->tree.count, sizeof(*bare));

		switch_mark_bare_ports(prediction, port, bare);
		if (any_marked(bare, prediction->tree.count))
			highest = port;
	}
	return highest;
}

/*
 * pci_bus_isolated() of "Fix incorrect iommu_groups with PCIe ACS" (v3, 2025, not merged): a switch
 * with a downstream port without ACS is one group with all that is behind its ports.
 */
static void check_widening(const struct prediction *prediction, size_t target,
			   struct finding_list *findings)
{
	const struct host *host = prediction->tree.host;
	size_t port = find_widening(prediction, target);
	_cleanup_free_ char *list = NULL, *subject = NULL;
	_cleanup_free_ bool *added = NULL;

	if (port == NO_FUNCTION)
		return;
	added = xcalloc(prediction->tree.count, sizeof(*added));
	for (size_t i = 0; i < prediction->tree.count; i++)
		added[i] = switch_is_below(&prediction->tree, i, port) &&
			   !same_group(prediction, i, target);
	list = list_marked(host, added);
	subject = xasprintf("group %d", host->functions.items[target].iommu_group);
	if (list)
		finding_add(findings, FINDING_GROUP_WOULD_WIDEN, subject,
			    xasprintf("a rule proposed for Linux makes a switch without ACS one "
				      "group, which would add %s", list),
			    xstrdup("move the card to a slot that shares no switch, or check the "
				    "groups again after each kernel update"));
}

void check_isolation(const struct host *host, const struct targets *targets,
		     struct finding_list *findings)
{
	_cleanup_free_ bool *told = xcalloc(host->functions.count, sizeof(*told));
	_cleanup_free_ bool *met = xcalloc(host->iommu.group_count, sizeof(*met));
	struct prediction prediction;
	bool differs;

	if (!host->caps)
		return;
	predict_groups(host, &prediction);
	differs = prediction_compare(&prediction) == PREDICTION_DIFFERS;
	for (size_t i = 0; i < targets->count; i++) {
		size_t target = (size_t)(targets->items[i] - host->functions.items);
		size_t port = target;

		if (first_of_group(&host->iommu, targets->items[i], met)) {
			if (differs)
				compare_group(&prediction, target, findings);
			check_widening(&prediction, target, findings);
		}
		while ((port = switch_port_above(&prediction.tree, port)) != NO_FUNCTION) {
			if (!told[port])
				check_switch(&prediction, target, port, findings);
			told[port] = true;
		}
	}
	prediction_release(&prediction);
}
