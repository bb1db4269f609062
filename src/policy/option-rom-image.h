/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "policy/option-rom.h"

/*
 * One image of a ROM. Nothing in the data is trusted: every read goes through rom_u8() and its
 * kin, which return 0 beyond the end.
 */
struct rom_bytes {
	const uint8_t *data;
	size_t size;
};

/* Images begin, and have lengths, in multiples of this. */
#define ROM_UNIT 512

/* What the headers of all images have: as far as the pointer to the PCI data structure. */
#define ROM_HEADER_SIZE 0x1a

uint8_t rom_u8(const struct rom_bytes *bytes, size_t at);
uint16_t rom_u16(const struct rom_bytes *bytes, size_t at);
uint32_t rom_u32(const struct rom_bytes *bytes, size_t at);

enum rom_place {
	ROM_NOTHING,      /* no 55 AA, or no room for a header */
	ROM_NO_STRUCTURE, /* 55 AA, but no PCI data structure where the header points to */
	ROM_IMAGE,
};

enum rom_place rom_look(const struct rom_bytes *bytes, size_t at);

/*
 * Read the image at a place where rom_look() has found one. Its problems, said of image number
 * number, are added to those of rom. Returns the distance to the next image, or 0 where firmware
 * looks no further.
 */
size_t rom_image_read(const struct rom_bytes *bytes, size_t at, size_t number,
		      struct option_rom_image *ret, struct option_rom *rom);
