/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "launch/import-props.h"
#include "launch/import.h"

static const char *model_of(const char *device)
{
	static const struct { const char *device, *model; } models[] = {
		{ "e1000", "e1000" },	  { "e1000e", "e1000e" },     { "virtio", "virtio" },
		{ "virtio-net-pci", "virtio" }, { "virtio-net", "virtio" },
	};

	for (size_t i = 0; device && i < ARRAY_SIZE(models); i++)
		if (strcmp(device, models[i].device) == 0)
			return models[i].model;
	return NULL;
}

/* The network's end on this host: "bridge,br=xenbr0", "user", "tap,ifname=tap0". */
static bool add_net(struct import *import, struct import_props *props, const char *model,
		    const char *mac)
{
	_cleanup_free_ char *heading = import_heading(import, "net");
	const char *bridge = import_prop(props, "br"), *tap = import_prop(props, "ifname");
	const char *kind = props->first ? props->first : "";

	(void)import_prop(props, "id");
	if (!import_props_all_read(props))
		return false;
	if (strcmp(kind, "bridge") == 0)
		import_line(import, heading, "bridge=%s", bridge ? bridge : "br0");
	else if (strcmp(kind, "user") == 0)
		import_line(import, heading, "user=yes");
	else if (strcmp(kind, "tap") == 0 && tap)
		import_line(import, heading, "tap=%s", tap);
	else
		return false;
	if (model)
		import_line(import, heading, "model=%s", model);
	if (mac)
		import_line(import, heading, "mac=%s", mac);
	return true;
}

bool import_netdev(struct import *import, const char *value)
{
	struct import_props props;
	const char *id;
	bool known;

	import_props_parse(value, &props);
	id = import_prop(&props, "id");
	known = id && *id;
	if (known) {
		strv_add(&import->netdevs, id);
		strv_add(&import->netdevs, value);
	}
	import_props_release(&props);
	return known;
}

/* A card that names one of the -netdev before it. */
bool import_net(struct import *import, const char *value)
{
	struct import_props card, props;
	const char *id, *mac, *model;
	bool done = false;

	import_props_parse(value, &card);
	id = import_prop(&card, "netdev");
	mac = import_prop(&card, "mac");
	model = model_of(card.first);
	(void)import_prop(&card, "id");
	for (size_t i = 0; id && model && import_props_all_read(&card) && i < import->netdevs.count;
	     i += 2) {
		if (strcmp(import->netdevs.items[i], id) != 0)
			continue;
		import_props_parse(import->netdevs.items[i + 1], &props);
		done = add_net(import, &props, model, mac);
		import_props_release(&props);
		if (done)
			import->netdevs.items[i][0] = '\0';
		break;
	}
	import_props_release(&card);
	return done;
}
