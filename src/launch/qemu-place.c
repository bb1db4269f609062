/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

/* Eight ports share a slot of pcie.0, from this one on; below it QEMU puts what has no address. */
#define FIRST_PORT_SLOT 0x10

void qemu_add(struct qemu_builder *builder, const char *option, const char *fmt, ...)
{
	_cleanup_free_ char *value = NULL;
	va_list ap;

	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add(builder->argv, option);
	strv_add(builder->argv, value);
}

unsigned int qemu_root_port(struct qemu_builder *builder)
{
	unsigned int index = builder->ports++, port = index + 1;

	qemu_add(builder, "-device",
		 "pcie-root-port,id=port%u,bus=pcie.0,chassis=%u,slot=%u,addr=0x%x.0x%x%s", port,
		 port, port, FIRST_PORT_SLOT + index / 8, index % 8,
		 index % 8 == 0 ? ",multifunction=on" : "");
	return port;
}

struct qemu_place qemu_place_new(struct qemu_builder *builder)
{
	struct qemu_place place = { "" };

	if (builder->guest->board.machine == GUEST_MACHINE_Q35)
		snprintf(place.text, sizeof(place.text), ",bus=port%u,addr=0x0",
			 qemu_root_port(builder));
	return place;
}

struct qemu_place qemu_boot(unsigned int turn)
{
	struct qemu_place boot = { "" };

	if (turn > 0)
		snprintf(boot.text, sizeof(boot.text), ",bootindex=%u", turn);
	return boot;
}
