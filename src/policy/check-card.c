/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "policy/check.h"

/* Beyond this a BAR has to be above 4 GiB, where firmware has to have a window for it. */
#define LARGE_BAR (UINT64_C(1) << 30)

static bool is_held(const struct pci_function *f)
{
	return f->driver && strcmp(f->driver, DRIVER_VFIO_PCI) == 0;
}

/* Targets are sorted: those of a slot are neighbours. */
static bool same_slot(const struct targets *targets, size_t a, size_t b)
{
	return pci_addr_same_slot(targets->items[a]->addr, targets->items[b]->addr);
}

static size_t slot_begin(const struct targets *targets, size_t index)
{
	while (index > 0 && same_slot(targets, index - 1, index))
		index--;
	return index;
}

/* The target is the first of its slot that passes the test: the slot is told once. */
static bool first_of_slot(const struct targets *targets, size_t index,
			  bool (*test)(const struct pci_function *f))
{
	for (size_t i = slot_begin(targets, index); i < index; i++)
		if (test(targets->items[i]))
			return false;
	return true;
}

static bool lacks_reset(const struct pci_function *f)
{
	return f->reset_methods.count == 0 && !is_held(f) && !pci_function_is_bridge(f);
}

static void add_no_reset(const struct targets *targets, size_t index, struct finding_list *findings)
{
	const struct pci_function *f = targets->items[index];
	_cleanup_free_ char *others = xstrdup("");

	for (size_t i = index + 1; i < targets->count && same_slot(targets, i, index); i++) {
		const struct pci_function *other = targets->items[i];

		if (lacks_reset(other)) {
			char *longer = xasprintf("%s, %s", others, pci_addr_text(other->addr).text);

			free(others);
			others = longer;
		}
	}
	finding_add(findings, FINDING_NO_RESET, pci_addr_text(f->addr).text,
		    *others ? xasprintf("the kernel knows no way to reset this function, nor%s: "
					"the card may not come up twice", others + 1)
			    : xstrdup("the kernel knows no way to reset this function: the card "
				      "may not come up twice"),
		    xstrdup("if it does not, only a reboot or suspend brings it back"));
}

/* Functions of one card are reset together or not at all: one finding a slot. */
void check_reset(const struct host *host, const struct targets *targets,
		 struct finding_list *findings)
{
	(void)host;
	for (size_t i = 0; i < targets->count; i++)
		if (lacks_reset(targets->items[i]) && first_of_slot(targets, i, lacks_reset))
			add_no_reset(targets, i, findings);
}

/* A sound function is what one expects of a card; others the host may miss. */
static bool is_unexpected(const struct pci_function *f)
{
	return !pci_function_is_display(f) && f->class >> 8 != 0x0403 && !is_held(f) &&
	       !pci_function_is_bridge(f);
}

static const char *class_word(const struct pci_function *f)
{
	switch (f->class >> 8) {
	case 0x0c03:
		return "USB controller";
	case 0x0c80:
		return "serial bus controller";
	case 0x0200:
		return "network controller";
	default:
		return f->class >> 16 == 0x01 ? "storage controller" : "function";
	}
}

static void check_shared_slot(const struct targets *targets, size_t gpu_index,
			      struct finding_list *findings)
{
	const struct pci_function *gpu = targets->items[gpu_index];

	for (size_t i = slot_begin(targets, gpu_index);
	     i < targets->count && same_slot(targets, i, gpu_index); i++) {
		const struct pci_function *f = targets->items[i];

		if (!is_unexpected(f))
			continue;
		finding_add(findings, FINDING_SHARED_SLOT, pci_addr_text(f->addr).text,
			    xasprintf("this %s is on the same card as %s and goes along%s%s",
				      class_word(f), pci_addr_text(gpu->addr).text,
				      f->driver ? "; the host uses it with " : "",
				      f->driver ? f->driver : ""),
			    xstrdup("plug what the host needs into another controller"));
	}
}

static void check_power(const struct pci_function *f, struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(f->addr);

	if (f->power_state && strcmp(f->power_state, "D3cold") == 0)
		finding_add(findings, FINDING_D3COLD, addr.text,
			    xstrdup("it is without power (D3cold), so its configuration cannot be "
				    "read and nothing else said of it is certain"),
			    xasprintf("wake it, then check again: echo on > /" NAME_PCI_DEVICES
				      "/%s/power/control", addr.text));
}

/* On a UEFI host the shadow at C0000 is empty or another card's; on a BIOS host it was changed. */
static void check_rom(const struct pci_function *f, struct finding_list *findings)
{
	if (f->boot_vga)
		finding_add(findings, FINDING_ROM_SHADOWED, pci_addr_text(f->addr).text,
			    xstrdup("the kernel shows the firmware's copy in place of the boot "
				    "GPU's ROM, so a guest would not get the card's own"),
			    xstrdup("read the ROM while another card is primary, and name the file "
				    "with romfile= in the guest's [hostdev]"));
}

static void check_bar(const struct pci_bars *bars, int bar, struct finding_list *findings)
{
	const struct pci_addr_text addr = pci_addr_text(bars->addr);
	uint64_t size = bars->items[bar].end - bars->items[bar].start + 1;

	if (size >= LARGE_BAR)
		finding_add(findings, FINDING_LARGE_BAR, addr.text,
			    xasprintf("its BAR %d has %" PRIu64 " GiB: the guest's firmware needs "
				      "that much address space above 4 GiB", bar, size >> 30),
			    xstrdup("give the guest the host's address width (QEMU: "
				    "-cpu host,host-phys-bits=on) and current OVMF"));
	if (bars->items[bar].resizable)
		finding_add(findings, FINDING_RESIZABLE_BAR, addr.text,
			    xasprintf("its BAR %d can be resized; it has %" PRIu64 " MiB now", bar,
				      size >> 20),
			    xasprintf("if the guest's driver fails with this size, write another "
				      "to /" NAME_PCI_DEVICES "/%s/resource%d_resize while no driver "
				      "has it", addr.text, bar));
}

static void check_bars(const struct pci_bars *bars, struct finding_list *findings)
{
	for (int i = 0; i < PCI_BAR_COUNT; i++)
		if (bars->items[i].end > 0)
			check_bar(bars, i, findings);
}

/* The facts of each card; a function that vfio-pci holds already is past most of them. */
void check_cards(const struct host *host, const struct targets *targets,
		 struct finding_list *findings)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];
		const struct pci_bars *bars = pci_bars_find(&host->bars, f->addr);

		if (pci_function_is_bridge(f))
			continue;
		if (pci_function_is_display(f) &&
		    first_of_slot(targets, i, pci_function_is_display))
			check_shared_slot(targets, i, findings);
		check_power(f, findings);
		check_rom(f, findings);
		if (bars && pci_function_is_display(f))
			check_bars(bars, findings);
	}
}
