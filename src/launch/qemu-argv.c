/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-argv.h"

#include "launch/qemu-parts.h"

bool qemu_uses_kvm(const struct guest *guest, const struct qemu_facts *facts)
{
	if (guest->board.accel == GUEST_ACCEL_AUTO)
		return facts->have_kvm;
	return guest->board.accel == GUEST_ACCEL_KVM;
}

static struct qemu_builder builder_for(const struct guest *guest, const struct qemu_facts *facts,
				       struct strv *argv)
{
	return (struct qemu_builder){ .guest = guest, .facts = facts, .argv = argv,
				      .kvm = qemu_uses_kvm(guest, facts) };
}

static void add_start(struct qemu_builder *builder)
{
	strv_add(builder->argv, builder->guest->board.qemu);
	qemu_add(builder, "-name", "guest=%s", builder->guest->name);
	strv_add(builder->argv, "-nodefaults");
	strv_add(builder->argv, "-no-user-config");
}

static void add_extras(struct qemu_builder *builder)
{
	for (size_t i = 0; i < builder->guest->extra_count; i++) {
		const struct guest_extra *extra = &builder->guest->extras[i];

		strv_add(builder->argv, extra->option);
		if (extra->value)
			strv_add(builder->argv, extra->value);
	}
}

void qemu_argv(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv)
{
	struct qemu_builder builder = builder_for(guest, facts, argv);

	add_start(&builder);
	qemu_argv_board(&builder);
	qemu_argv_firmware(&builder);
	qemu_argv_disks(&builder);
	qemu_argv_hostdevs(&builder);
	qemu_argv_nets(&builder);
	qemu_argv_inputs(&builder);
	qemu_argv_access(&builder);
	add_extras(&builder);
}

void qemu_argv_machine(const struct guest *guest, const struct qemu_facts *facts, struct strv *argv)
{
	struct qemu_builder builder = builder_for(guest, facts, argv);

	add_start(&builder);
	qemu_argv_board(&builder);
}
