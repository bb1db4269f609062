/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "launch/guest-access.h"
#include "launch/preflight-parts.h"

/* A rule for udev: it is what gives a node to a user whenever the device is plugged in. */
static char *remedy(const struct guest_usb *usb)
{
	if (usb->port)
		return xasprintf("Plug it in before the launch, or give what is there to QEMU's user by "
				 "udev's rule: SUBSYSTEM==\"usb\", KERNEL==\"%s\", OWNER=\"USER\".",
				 usb->port);
	return xasprintf("Plug it in before the launch, or give it to QEMU's user by udev's rule: "
			 "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", "
			 "OWNER=\"USER\".", usb->ids.vendor, usb->ids.device);
}

static void check(const struct host_root *root, const struct guest *guest,
		  const struct guest_usb *usb, struct strv *problems, struct finding_list *findings)
{
	_cleanup_(strv_release) struct strv nodes = { 0 };

	guest_usb_find(usb, root, &nodes);
	if (nodes.count == 0)
		finding_add(findings, FINDING_USB_ABSENT, guest->name,
			    xasprintf("The USB device of [usb %s] is not plugged in. QEMU waits for it, "
				      "but its user has no access to a node that is made later.",
				      usb->at.name), remedy(usb));
	else if (nodes.count > 1)
		strv_addf(problems,
			  "%s:%u: [usb %s]: %zu devices with the ids %04x:%04x are plugged in, %s and "
			  "%s among them: name one by port= (lsusb -t)",
			  guest->file, usb->at.line, usb->at.name, nodes.count, usb->ids.vendor,
			  usb->ids.device, nodes.items[0], nodes.items[1]);
}

void preflight_usb(const struct host_root *root, const struct guest *guest, struct strv *problems,
		   struct finding_list *findings)
{
	for (size_t i = 0; i < guest->usb_count; i++)
		if (guest->usbs[i].type == GUEST_USB_HOST)
			check(root, guest, &guest->usbs[i], problems, findings);
}
