/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-check.h"

#include <errno.h>
#include <string.h>

int guest_complain(const struct guest *guest, const struct config_heading *at, struct error *err,
		   const char *why)
{
	return error_set(err, -EINVAL, "%s:%u: %s%s%s", guest->file, at->line,
			 at->name ? at->name : "", at->name ? ": " : "", why);
}

static int check_memory(const struct guest *guest, struct error *err)
{
	static const uint64_t sizes[] = {
		[GUEST_HUGEPAGES_NO] = 1,
		[GUEST_HUGEPAGES_2M] = 2 << 20,
		[GUEST_HUGEPAGES_1G] = 1 << 30,
	};
	const struct guest_memory *memory = &guest->memory;

	if (guest->board.memory.bytes % sizes[memory->hugepages])
		return error_set(err, -EINVAL,
				 "%s:%u: [memory]: memory=%s is no whole number of huge pages",
				 guest->file, memory->at.line, guest->board.memory.text);
	if (memory->path.text && memory->hugepages == GUEST_HUGEPAGES_NO)
		return error_set(err, -EINVAL,
				 "%s:%u: path=%s: says where huge pages are: give hugepages=2M or 1G",
				 guest->file, memory->path.line, memory->path.text);
	return 0;
}

static bool has_iothread(const struct guest *guest)
{
	for (size_t i = 0; i < guest->disk_count; i++)
		if (guest->disks[i].iothread)
			return true;
	return false;
}

static int check_cpu(const struct guest *guest, struct error *err)
{
	const struct guest_cpu *cpu = &guest->cpu;

	if (cpu->vendor_id && !cpu->hide_hypervisor && !cpu->hyperv)
		return guest_complain(guest, &cpu->at, err,
				      "vendor-id= shows with hide-hypervisor=yes or hyperv=yes only");
	if (cpu->pin.text && cpu->pin.count != guest_cpu_count(guest))
		return error_set(err, -EINVAL,
				 "%s:%u: pin=%s: names %zu processors, but the guest has %u: name "
				 "one for each",
				 guest->file, cpu->pin.line, cpu->pin.text, cpu->pin.count,
				 guest_cpu_count(guest));
	if (cpu->iothread_pin.text && !has_iothread(guest))
		return error_set(err, -EINVAL,
				 "%s:%u: iothread-pin=%s: no disk has a thread of its own: give one "
				 "iothread=yes",
				 guest->file, cpu->iothread_pin.line, cpu->iothread_pin.text);
	return 0;
}

static int check_firmware(const struct guest *guest, struct error *err)
{
	const struct guest_firmware *firmware = &guest->firmware;

	if (!firmware->secure_boot)
		return 0;
	/* Only the chipset of q35 has the System Management Mode that guards the settings. */
	if (guest->board.machine != GUEST_MACHINE_Q35)
		return guest_complain(guest, &firmware->at, err,
				      "secure-boot=yes needs machine=q35 in [guest]");
	if (strcmp(firmware->vars.text, "none") == 0)
		return guest_complain(guest, &firmware->at, err,
				      "secure-boot=yes needs vars=auto: the keys are kept there");
	return 0;
}

int guest_check_machine(const struct guest *guest, struct error *err)
{
	int r = check_memory(guest, err);

	if (r == 0)
		r = check_cpu(guest, err);
	return r < 0 ? r : check_firmware(guest, err);
}

int guest_check(struct guest *guest, struct error *err)
{
	static int (*const checks[])(const struct guest *guest, struct error *err) = {
		guest_check_machine, guest_check_disks, guest_check_devices, guest_check_access,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		int r = checks[i](guest, err);

		if (r < 0)
			return r;
	}
	if (guest->board.vga == GUEST_VGA_AUTO)
		guest->board.vga = guest->spice.at.line || guest->vnc.at.line ? GUEST_VGA_STD
									      : GUEST_VGA_NONE;
	return 0;
}
