/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "host/duty.h"
#include "host/unknown.h"

/* Adds default routes, down through bridges, bonds and VLANs. */
void net_use_read(const struct host_root *root, struct duties *duties, struct unknowns *unknowns);

/* A line of /proc/net/route or ipv6_route: is it a default route, and through which interface? */
bool route_is_default_ipv4(const char *line, char name[32]);
bool route_is_default_ipv6(const char *line, char name[32]);
