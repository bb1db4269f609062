/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/option-rom.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "policy/option-rom-image.h"

/* Real ROMs have up to four; ends the walk through one that was made up. */
#define IMAGES_MAX 64

#define CLASS_DISPLAY 0x03 /* PCI Code and ID Assignment Specification, 1.4 */

struct name {
	unsigned int number;
	const char *name;
};

/* PCI Firmware Specification 3.0, 5.1.2. */
static const struct name code_types[] = {
	{ ROM_CODE_X86, "x86" },
	{ ROM_CODE_OPENFIRMWARE, "openfirmware" },
	{ ROM_CODE_PA_RISC, "pa-risc" },
	{ ROM_CODE_EFI, "efi" },
};

/* PE/COFF Specification 3.3.1; names as uname -m and edk2 have them. */
static const struct name machines[] = {
	{ 0x014c, "ia32" },   { 0x0200, "ia64" },
	{ ROM_MACHINE_EBC, "ebc" }, { 0x01c2, "arm" },
	{ 0x5064, "riscv64" }, { 0x6264, "loongarch64" },
	{ ROM_MACHINE_X86_64, "x86-64" }, { 0xaa64, "aarch64" },
};

static const struct name subsystems[] = {
	{ 10, "application" },
	{ ROM_SUBSYSTEM_BOOT_DRIVER, "boot-service-driver" },
	{ ROM_SUBSYSTEM_RUNTIME_DRIVER, "runtime-driver" },
};

static const char *name_of(const struct name *names, size_t count, unsigned int number)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

const char *rom_code_type_to_string(unsigned int code_type)
{
	return name_of(code_types, ARRAY_SIZE(code_types), code_type);
}

const char *rom_machine_to_string(unsigned int machine)
{
	return name_of(machines, ARRAY_SIZE(machines), machine);
}

const char *rom_subsystem_to_string(unsigned int subsystem)
{
	return name_of(subsystems, ARRAY_SIZE(subsystems), subsystem);
}

static bool is_filled_with(const struct rom_bytes *bytes, size_t from, uint8_t value)
{
	for (size_t i = from; i < bytes->size; i++)
		if (bytes->data[i] != value)
			return false;
	return true;
}

/* Why there is not one image. */
static void explain_no_rom(const struct rom_bytes *bytes, struct option_rom *rom)
{
	if (bytes->size == 0)
		strv_add(&rom->problems, "it is empty");
	else if (bytes->size < ROM_HEADER_SIZE)
		strv_addf(&rom->problems, "it has only %zu bytes; the header of a ROM alone has %d",
			  bytes->size, ROM_HEADER_SIZE);
	else if (is_filled_with(bytes, 0, 0xff))
		strv_add(&rom->problems, "every byte of it is ff: that is what one reads from a card "
			 "that is asleep or disabled, or from an erased chip");
	else if (is_filled_with(bytes, 0, 0x00))
		strv_add(&rom->problems, "every byte of it is 00: nothing was written into it");
	else if (rom_look(bytes, 0) == ROM_NO_STRUCTURE)
		strv_add(&rom->problems, "it begins with 55 AA as a ROM does, but has no PCI data "
			 "structure: a ROM of a BIOS or an ISA card, which PCI firmware passes over, "
			 "or one that is damaged");
	else
		strv_add(&rom->problems, "nowhere in it is a ROM header (55 AA) with a PCI data "
			 "structure");
}

/* The begin of the first image, or the size where there is none. */
static size_t find_start(const struct rom_bytes *bytes, struct option_rom *rom)
{
	size_t at = 0;

	while (at < bytes->size && rom_look(bytes, at) != ROM_IMAGE)
		at++;
	if (at == bytes->size)
		explain_no_rom(bytes, rom);
	else if (at > 0 && rom_look(bytes, 0) == ROM_NO_STRUCTURE)
		strv_addf(&rom->problems, "the ROM header at byte 0 has no PCI data structure, and "
			  "firmware looks no further; the first image that has one is at byte %zu",
			  at);
	else if (at > 0)
		strv_addf(&rom->problems, "%zu bytes come before the ROM, as some tools write them "
			  "into a dump; a romfile must begin with 55 AA: cut them off with   tail -c "
			  "+%zu DUMP >ROMFILE", at, at + 1);
	return at;
}

/* The next place from at on that looks like this, in units; the size if there is none. */
static size_t find_next(const struct rom_bytes *bytes, size_t at, enum rom_place least)
{
	while (at < bytes->size && rom_look(bytes, at) < least)
		at += ROM_UNIT;
	return at < bytes->size ? at : bytes->size;
}

/* As edk2's ContainEfiImage() does: what is not an image is skipped. Returns where to go on. */
static size_t skip_garbage(const struct rom_bytes *bytes, size_t at, struct option_rom *rom)
{
	size_t next = find_next(bytes, at, ROM_NO_STRUCTURE);

	if (next > at && next < bytes->size)
		strv_addf(&rom->problems, "from byte %zu to %zu there is no image: OVMF skips that, "
			  "Linux takes it for the end of the ROM, so that a guest sees what is behind "
			  "it only if the ROM is given as a file (romfile=)", at, next - 1);
	return next;
}

/* Returns where the last image that firmware finds ends. */
static size_t walk(const struct rom_bytes *bytes, size_t at, struct option_rom *rom)
{
	size_t length;

	for (;;) {
		at = skip_garbage(bytes, at, rom);
		if (at == bytes->size) {
			strv_add(&rom->problems, "no image is marked as the last one: part of the "
				 "ROM may be missing");
			return at;
		}
		if (rom_look(bytes, at) != ROM_IMAGE) {
			strv_addf(&rom->problems, "at byte %zu there is a ROM header without a PCI "
				  "data structure: firmware looks no further", at);
			return at;
		}
		if (rom->image_count == IMAGES_MAX) {
			strv_addf(&rom->problems, "it has more than %d images: no real ROM has; the "
				  "others were not looked at", IMAGES_MAX);
			return at;
		}
		ARRAY_GROW(rom->images, rom->image_count);
		length = rom_image_read(bytes, at, rom->image_count + 1,
					&rom->images[rom->image_count], rom);
		rom->image_count++;
		if (length == 0)
			return bytes->size;
		at += length;
		if (rom->images[rom->image_count - 1].last)
			return at;
	}
}

/* A wrong last-image mark hides what comes behind. */
static void check_rest(const struct rom_bytes *bytes, size_t end, struct option_rom *rom)
{
	size_t hidden = find_next(bytes, end, ROM_IMAGE);

	if (rom->image_count > 0 && rom->images[rom->image_count - 1].last &&
	    hidden < bytes->size)
		strv_addf(&rom->problems, "there is another image at byte %zu, behind the one that "
			  "is marked as the last: neither firmware nor Linux looks there", hidden);
}

static bool has_ids(const struct option_rom_image *image)
{
	return image->vendor != 0 || image->device != 0;
}

static bool is_for_device(const struct option_rom_image *image, uint16_t device)
{
	for (size_t i = 0; i < image->device_count; i++)
		if (image->devices[i] == device)
			return true;
	return image->device == device;
}

static bool have_same_device(const struct option_rom_image *a, const struct option_rom_image *b)
{
	return a->vendor == b->vendor &&
	       (is_for_device(a, b->device) || is_for_device(b, a->device));
}

static void compare_images(struct option_rom *rom)
{
	const struct option_rom_image *first = NULL;

	for (size_t i = 0; i < rom->image_count; i++) {
		const struct option_rom_image *image = &rom->images[i];

		if (!has_ids(image))
			strv_addf(&rom->problems, "image %zu: its ids are 0000:0000; that is accepted: "
				  "firmware does not compare them", i + 1);
		else if (!first)
			first = image;
		else if (!have_same_device(first, image))
			strv_addf(&rom->problems, "image %zu: its ids are %04x:%04x, those of image "
				  "%zu %04x:%04x: is this the ROM of one card?", i + 1, image->vendor,
				  image->device, (size_t)(first - rom->images) + 1, first->vendor,
				  first->device);
	}
}

void option_rom_parse(const void *data, size_t size, struct option_rom *ret)
{
	const struct rom_bytes bytes = { data, size };
	size_t start;

	*ret = (struct option_rom){ .size = size };
	start = find_start(&bytes, ret);
	if (start == size)
		return;
	check_rest(&bytes, walk(&bytes, start, ret), ret);
	compare_images(ret);
	for (size_t i = 0; i < ret->image_count; i++)
		ret->efi_boot |= ret->images[i].efi_boot;
}

void option_rom_release(struct option_rom *rom)
{
	for (size_t i = 0; i < rom->image_count; i++)
		free(rom->images[i].devices);
	free(rom->images);
	strv_release(&rom->problems);
	*rom = (struct option_rom){ 0 };
}

void option_rom_match_device(struct option_rom *rom, uint16_t vendor, uint16_t device)
{
	for (size_t i = 0; i < rom->image_count; i++) {
		const struct option_rom_image *image = &rom->images[i];

		if (has_ids(image) && (image->vendor != vendor || !is_for_device(image, device)))
			strv_addf(&rom->problems, "image %zu: it is for %04x:%04x, the device is "
				  "%04x:%04x", i + 1, image->vendor, image->device, vendor, device);
	}
}

bool option_rom_is_display(const struct option_rom *rom)
{
	for (size_t i = 0; i < rom->image_count; i++)
		if (rom->images[i].class >> 16 == CLASS_DISPLAY)
			return true;
	return false;
}
