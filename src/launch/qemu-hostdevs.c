/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-parts.h"

#include "base/alloc.h"

/* Which device: an open file, or its address for QEMU to find the group. */
static char *source(const struct qemu_builder *builder, struct pci_addr address)
{
	int number = builder->facts->fds ? vfio_fds_number(builder->facts->fds, &address) : -1;

	if (number >= 0)
		return xasprintf("fd=%d,iommufd=iommufd0", number);
	/* host= takes domains of four digits; those behind Intel VMD have five. */
	return xasprintf("%s%s",
			 address.domain > 0xffff ? "sysfsdev=/sys/bus/pci/devices/" : "host=",
			 pci_addr_text(address).text);
}

/* place: where the guest finds it, with a comma in front, or "" */
static void add_hostdev(struct qemu_builder *builder, const struct guest_hostdev *hostdev,
			const char *place)
{
	static const char *const rombars[] = {
		[GUEST_ROMBAR_AUTO] = "",
		[GUEST_ROMBAR_YES] = ",rombar=1",
		[GUEST_ROMBAR_NO] = ",rombar=0",
	};
	_cleanup_free_ char *which = source(builder, hostdev->address);
	_cleanup_free_ char *romfile =
		hostdev->romfile.text ? qemu_escape(hostdev->romfile.text) : NULL;

	qemu_add(builder, "-device", "vfio-pci,%s,id=hostdev-%s%s%s%s%s%s%s", which,
		 hostdev->at.name, hostdev->x_vga ? ",x-vga=on" : "",
		 romfile ? ",romfile=" : "", romfile ? romfile : "", rombars[hostdev->rombar],
		 qemu_boot(hostdev->boot).text, place);
}

/* Whether two sections are functions of one card, in the guest as on the host. */
static bool go_together(const struct guest_hostdev *a, const struct guest_hostdev *b)
{
	return a == b || (a->multifunction && b->multifunction &&
			  pci_addr_same_slot(a->address, b->address));
}

static size_t count_card(const struct guest *guest, size_t end, const struct guest_hostdev *one)
{
	size_t count = 0;

	for (size_t i = 0; i < end; i++)
		count += go_together(&guest->hostdevs[i], one);
	return count;
}

/* The function of one's card with this number, or NULL. */
static const struct guest_hostdev *find_function(const struct guest *guest,
						 const struct guest_hostdev *one, unsigned int number)
{
	for (size_t i = 0; i < guest->hostdev_count; i++)
		if (go_together(&guest->hostdevs[i], one) &&
		    guest->hostdevs[i].address.function == number)
			return &guest->hostdevs[i];
	return NULL;
}

/*
 * Functions of one slot stay functions of one slot, so that a driver finds a card's companions
 * where it looks for them. Function 0 must exist: the lowest one becomes it.
 */
static void add_card(struct qemu_builder *builder, const struct guest_hostdev *one)
{
	const struct guest *guest = builder->guest;
	bool several = count_card(guest, guest->hostdev_count, one) > 1, first = true;
	unsigned int port = qemu_root_port(builder);

	for (unsigned int number = 0; number < 8; number++) {
		const struct guest_hostdev *hostdev = find_function(guest, one, number);
		_cleanup_free_ char *place = NULL;

		if (!hostdev)
			continue;
		if (first)
			place = xasprintf(",bus=port%u,addr=0x0%s", port,
					  several ? ",multifunction=on" : "");
		else
			place = xasprintf(",bus=port%u,addr=0x0.0x%x", port, number);
		first = false;
		add_hostdev(builder, hostdev, place);
	}
}

void qemu_argv_hostdevs(struct qemu_builder *builder)
{
	const struct guest *guest = builder->guest;
	int iommu = builder->facts->fds ? vfio_fds_number(builder->facts->fds, NULL) : -1;

	if (iommu >= 0)
		qemu_add(builder, "-object", "iommufd,id=iommufd0,fd=%d", iommu);
	for (size_t i = 0; i < guest->hostdev_count; i++) {
		const struct guest_hostdev *hostdev = &guest->hostdevs[i];

		if (guest->board.machine == GUEST_MACHINE_PC)
			add_hostdev(builder, hostdev, "");
		else if (count_card(guest, i, hostdev) == 0)
			add_card(builder, hostdev);
	}
}
