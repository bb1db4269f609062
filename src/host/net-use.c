/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/net-use.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

/* A VLAN on a bridge on a bond is three deep. */
#define DEPTH_MAX 8

/* RTF_UP and RTF_REJECT of linux/route.h. */
#define ROUTE_UP     0x1
#define ROUTE_REJECT 0x200

static void add_interface(struct duties *duties, const struct host_root *root, const char *name,
			  const char *what, int depth)
{
	_cleanup_free_ char *link = xasprintf(NAME_NET_CLASS "/%s", name);
	struct strv names = { 0 };

	duties_add_path(duties, root, link, true, what);
	/* A bridge, bond or VLAN has a link lower_NAME to each interface that it is made of. */
	if (depth < DEPTH_MAX && host_list(root, link, &names) == 0)
		for (size_t i = 0; i < names.count; i++)
			if (strncmp(names.items[i], "lower_", 6) == 0)
				add_interface(duties, root, names.items[i] + 6, what, depth + 1);
	strv_release(&names);
}

static void add_route(struct duties *duties, const struct host_root *root, const char *name)
{
	_cleanup_free_ char *what = xasprintf("the default route through %s", name);

	if (strcmp(name, "lo") != 0)
		add_interface(duties, root, name, what, 0);
}

/* "eth0 00000000 0100A8C0 0003 0 0 100 00000000 0 0 0": destination, ..., flags, ..., mask */
bool route_is_default_ipv4(const char *line, char name[32])
{
	unsigned int destination, flags, mask;

	return sscanf(line, "%31s %x %*s %x %*s %*s %*s %x", name, &destination, &flags,
		      &mask) == 4 && destination == 0 && mask == 0 && flags & ROUTE_UP;
}

/* 32 digits of destination, 2 of its length, source and length, gateway, 3 counters, flags, name */
bool route_is_default_ipv6(const char *line, char name[32])
{
	unsigned int length, flags;
	char destination[33];

	return sscanf(line, "%32s %x %*s %*s %*s %*s %*s %*s %x %31s", destination, &length, &flags,
		      name) == 4 && strspn(destination, "0") == 32 && length == 0 &&
	       flags & ROUTE_UP && !(flags & ROUTE_REJECT);
}

static void add_routes(struct duties *duties, const struct host_root *root,
		       struct unknowns *unknowns, const char *path,
		       bool (*is_default)(const char *line, char name[32]))
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(root, path, &text);
	char *rest = text, *line, name[32];

	if (r < 0)
		unknowns_add(unknowns, path, (int)r, "which interface the host is reached through");
	while (text && (line = strsep(&rest, "\n")))
		if (is_default(line, name))
			add_route(duties, root, name);
}

void net_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns)
{
	add_routes(duties, root, unknowns, NAME_ROUTES, route_is_default_ipv4);
	add_routes(duties, root, unknowns, NAME_ROUTES_IPV6, route_is_default_ipv6);
}
