/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

/* Values of a configuration file that are lists. Both are released by value_release(). */

#define VALUE_CPUS_MAX	   256
#define VALUE_CPU_LAST	   8191 /* CONFIG_NR_CPUS of a distribution's kernel, less one */
#define VALUE_FORWARDS_MAX 16

/* Processors of the host in the order as written, "2-4,8" being 2, 3, 4, 8; each once. */
struct value_cpus {
	char *text; /* NULL when not given */
	unsigned int line;
	size_t count;
	unsigned short items[VALUE_CPUS_MAX];
};

/* A port of the host that leads to one of the guest. */
struct value_forward {
	bool udp;
	char host[46]; /* INET6_ADDRSTRLEN; 127.0.0.1 when not given */
	unsigned int host_port, guest_port;
};

struct value_forwards {
	char *text; /* NULL when not given */
	unsigned int line;
	size_t count;
	struct value_forward items[VALUE_FORWARDS_MAX];
};

/* Parse text into a field, which is untouched when -EINVAL is returned. */
int value_parse_cpus(const char *text, unsigned int line, struct value_cpus *ret) _must_check_;
int value_parse_forwards(const char *text, unsigned int line, struct value_forwards *ret)
	_must_check_;
