/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-parts.h"

#include "base/alloc.h"

/* place: where the guest finds it, with a comma in front, or "" */
static void add_hostdev(const struct guest_hostdev *hostdev, const char *place, struct strv *argv)
{
	static const char *const rombars[] = {
		[GUEST_ROMBAR_AUTO] = "",
		[GUEST_ROMBAR_YES] = ",rombar=1",
		[GUEST_ROMBAR_NO] = ",rombar=0",
	};
	_cleanup_free_ char *romfile =
		hostdev->romfile.text ? qemu_escape(hostdev->romfile.text) : NULL;

	strv_add(argv, "-device");
	/* host= takes domains of four digits; those behind Intel VMD have five. */
	strv_addf(argv, "vfio-pci,%s%s,id=hostdev-%s%s%s%s%s",
		  hostdev->address.domain > 0xffff ? "sysfsdev=/sys/bus/pci/devices/" : "host=",
		  pci_addr_text(hostdev->address).text, hostdev->at.name,
		  romfile ? ",romfile=" : "", romfile ? romfile : "", rombars[hostdev->rombar],
		  place);
}

static const struct guest_hostdev *find_function(const struct guest *guest, struct pci_addr address)
{
	for (size_t i = 0; i < guest->hostdev_count; i++)
		if (pci_addr_compare(guest->hostdevs[i].address, address) == 0)
			return &guest->hostdevs[i];
	return NULL;
}

static size_t count_slot(const struct guest *guest, size_t end, struct pci_addr slot)
{
	size_t count = 0;

	for (size_t i = 0; i < end; i++)
		count += pci_addr_same_slot(guest->hostdevs[i].address, slot);
	return count;
}

/*
 * Functions of one slot stay functions of one slot, so that a driver finds a card's companions
 * where it looks for them. Function 0 must exist: the lowest one becomes it. Directly on pcie.0 the
 * card would be a root complex integrated endpoint, which GPU drivers do not expect.
 */
static void add_slot(const struct guest *guest, struct pci_addr slot, unsigned int port,
		     struct strv *argv)
{
	bool several = count_slot(guest, guest->hostdev_count, slot) > 1, first = true;

	strv_add(argv, "-device");
	strv_addf(argv, "pcie-root-port,id=port%u,bus=pcie.0,chassis=%u,slot=%u", port, port, port);
	for (slot.function = 0; slot.function < 8; slot.function++) {
		const struct guest_hostdev *hostdev = find_function(guest, slot);
		_cleanup_free_ char *place = NULL;

		if (!hostdev)
			continue;
		if (first)
			place = xasprintf(",bus=port%u,addr=0x0%s", port,
					  several ? ",multifunction=on" : "");
		else
			place = xasprintf(",bus=port%u,addr=0x0.0x%x", port, slot.function);
		first = false;
		add_hostdev(hostdev, place, argv);
	}
}

void qemu_argv_hostdevs(const struct guest *guest, struct strv *argv)
{
	unsigned int port = 0;

	for (size_t i = 0; i < guest->hostdev_count; i++) {
		if (guest->board.machine == GUEST_MACHINE_PC)
			add_hostdev(&guest->hostdevs[i], "", argv);
		else if (count_slot(guest, i, guest->hostdevs[i].address) == 0)
			add_slot(guest, guest->hostdevs[i].address, ++port, argv);
	}
}
