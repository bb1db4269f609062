/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "launch/qemu-parts.h"

static void add_usb(struct qemu_builder *builder, const struct guest_usb *usb)
{
	static const char *const emulated[] = {
		[GUEST_USB_TABLET] = "usb-tablet",
		[GUEST_USB_KEYBOARD] = "usb-kbd",
		[GUEST_USB_MOUSE] = "usb-mouse",
	};
	const char *name = usb->at.name;

	if (usb->type != GUEST_USB_HOST)
		qemu_add(builder, "-device", "%s,id=usb-%s,bus=usb.0", emulated[usb->type], name);
	else if (usb->port)
		qemu_add(builder, "-device", "usb-host,id=usb-%s,bus=usb.0,hostbus=%.*s,hostport=%s",
			 name, (int)strcspn(usb->port, "-"), usb->port, strchr(usb->port, '-') + 1);
	else
		qemu_add(builder, "-device",
			 "usb-host,id=usb-%s,bus=usb.0,vendorid=0x%04x,productid=0x%04x", name,
			 usb->ids.vendor, usb->ids.device);
}

static void add_usbs(struct qemu_builder *builder)
{
	const struct guest *guest = builder->guest;
	bool audio = guest->audio.at.line && guest->audio.card == GUEST_SOUND_CARD_USB;
	struct qemu_place place;

	if (guest->usb_count == 0 && !audio)
		return;
	place = qemu_place_new(builder);
	qemu_add(builder, "-device", "qemu-xhci,id=usb%s", place.text);
	for (size_t i = 0; i < guest->usb_count; i++)
		add_usb(builder, &guest->usbs[i]);
}

static void add_input(struct qemu_builder *builder, const struct guest_input *input)
{
	_cleanup_free_ char *path = qemu_escape(input->evdev.text);

	qemu_add(builder, "-object", "input-linux,id=input-%s,evdev=%s%s%s", input->at.name, path,
		 input->grab_all ? ",grab_all=on" : "", input->repeat ? ",repeat=on" : "");
}

static void add_audio(struct qemu_builder *builder)
{
	const struct guest_audio *audio = &builder->guest->audio;
	_cleanup_free_ char *server = audio->server.text ? qemu_escape(audio->server.text) : NULL;
	bool q35 = builder->guest->board.machine == GUEST_MACHINE_Q35;

	qemu_add(builder, "-audiodev", "%s,id=audio%s%s", guest_audio_driver_name(audio->driver),
		 server ? ",server=" : "", server ? server : "");
	switch ((enum guest_sound_card)audio->card) {
	case GUEST_SOUND_CARD_HDA:
		qemu_add(builder, "-device", "%s,id=hda", q35 ? "ich9-intel-hda" : "intel-hda");
		qemu_add(builder, "-device", "hda-duplex,bus=hda.0,audiodev=audio");
		break;
	case GUEST_SOUND_CARD_AC97:
		qemu_add(builder, "-device", "AC97,audiodev=audio");
		break;
	case GUEST_SOUND_CARD_USB:
		qemu_add(builder, "-device", "usb-audio,bus=usb.0,audiodev=audio");
		break;
	}
}

static void add_looking_glass(struct qemu_builder *builder)
{
	const struct guest_looking_glass *glass = &builder->guest->looking_glass;
	_cleanup_free_ char *path = qemu_escape(guest_looking_glass_path(glass));

	qemu_add(builder, "-object",
		 "memory-backend-file,id=looking-glass,mem-path=%s,size=%s,share=on", path,
		 glass->size.text);
	qemu_add(builder, "-device", "ivshmem-plain,memdev=looking-glass");
}

void qemu_argv_inputs(struct qemu_builder *builder)
{
	add_usbs(builder);
	for (size_t i = 0; i < builder->guest->input_count; i++)
		add_input(builder, &builder->guest->inputs[i]);
	if (builder->guest->audio.at.line)
		add_audio(builder);
	if (builder->guest->looking_glass.at.line)
		add_looking_glass(builder);
}
