/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "launch/guest-check.h"
#include "launch/net-fds.h"

static int check_hostdevs(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->hostdev_count; i++) {
		const struct guest_hostdev *hostdev = &guest->hostdevs[i];

		if (!guest_hostdev_has_address(hostdev) == !hostdev->ids.given)
			return guest_complain(guest, &hostdev->at, err,
					      "needs either address=BB:DD.F or ids=VVVV:DDDD");
		for (size_t j = 0; j < i && !hostdev->ids.given; j++)
			if (!guest->hostdevs[j].ids.given &&
			    pci_addr_compare(hostdev->address, guest->hostdevs[j].address) == 0)
				return error_set(err, -EINVAL,
						 "%s:%u: %s: already given, on line %u",
						 guest->file, hostdev->at.line,
						 pci_addr_text(hostdev->address).text,
						 guest->hostdevs[j].at.line);
	}
	return 0;
}

static int check_nets(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->net_count; i++) {
		const struct guest_net *net = &guest->nets[i];

		if (!!net->bridge + !!net->tap + net->user != 1)
			return guest_complain(guest, &net->at, err,
					      "needs either bridge=NAME, tap=NAME or user=yes");
		if (net->forward.text && !net->user)
			return guest_complain(guest, &net->at, err,
					      "forward= is for user=yes; on a bridge the guest has "
					      "an address of its own");
		if (net->vhost == GUEST_VHOST_YES && !net_uses_vhost(net, true))
			return guest_complain(guest, &net->at, err,
					      "vhost=yes is for bridge= or tap= with model=virtio");
	}
	return 0;
}

static const char *share_tag(const struct guest_share *share)
{
	return share->tag ? share->tag : share->at.name;
}

/* The tag is a field of 36 bytes in the device's configuration space (virtio 1.2, 5.11.4). */
static int check_shares(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->share_count; i++) {
		const struct guest_share *share = &guest->shares[i];

		if (strlen(share_tag(share)) > 36)
			return guest_complain(guest, &share->at, err,
					      "the tag has more than 36 letters: give a tag=");
		for (size_t j = 0; j < i; j++)
			if (strcmp(share_tag(share), share_tag(&guest->shares[j])) == 0)
				return guest_complain(guest, &share->at, err,
						      "the tag is another [share]'s already");
	}
	return 0;
}

static int check_usbs(const struct guest *guest, struct error *err)
{
	for (size_t i = 0; i < guest->usb_count; i++) {
		const struct guest_usb *usb = &guest->usbs[i];

		if (usb->type == GUEST_USB_HOST && !usb->ids.given == !usb->port)
			return guest_complain(guest, &usb->at, err,
					      "needs either ids=VVVV:PPPP or port=BUS-PORT");
		if (usb->type != GUEST_USB_HOST && (usb->ids.given || usb->port))
			return guest_complain(guest, &usb->at, err,
					      "ids= and port= are for type=host");
	}
	return 0;
}

static int check_audio(const struct guest *guest, struct error *err)
{
	const struct guest_audio *audio = &guest->audio;

	if (audio->at.line && audio->driver == GUEST_AUDIO_SPICE && !guest->spice.at.line)
		return guest_complain(guest, &audio->at, err, "driver=spice needs [spice]");
	if (audio->server.text && audio->driver != GUEST_AUDIO_PA)
		return guest_complain(guest, &audio->at, err, "server= is for driver=pa");
	return 0;
}

/* A PCI BAR has the size of a power of two. */
static int check_looking_glass(const struct guest *guest, struct error *err)
{
	uint64_t size = guest->looking_glass.size.bytes;

	if (guest->looking_glass.at.line && (size & (size - 1)))
		return guest_complain(guest, &guest->looking_glass.at, err,
				      "size= has to be a power of two, such as 32M or 64M");
	return 0;
}

int guest_check_devices(const struct guest *guest, struct error *err)
{
	static int (*const checks[])(const struct guest *guest, struct error *err) = {
		check_hostdevs, check_nets, check_shares, check_usbs, check_audio, check_looking_glass,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		int r = checks[i](guest, err);

		if (r < 0)
			return r;
	}
	return 0;
}
