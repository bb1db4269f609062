/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Option ROMs made byte by byte after the PCI Firmware Specification 3.0, 5.1, and the UEFI
 * Specification 2.10, 14.4.2. All that is 0 in struct made_image is what a good image has, but for
 * what the comments say.
 */
struct made_image {
	uint8_t code_type;
	uint16_t vendor, device;
	uint32_t class;
	uint16_t units;          /* of 512 bytes; 0: 2 */
	uint8_t revision;        /* 3: with list of devices, at most 8 */
	const uint16_t *devices; /* ended by 0 */
	int last;
	uint16_t machine;     /* of an EFI image; 0: x86-64 */
	uint16_t subsystem;   /* 0: boot service driver */
	uint16_t compression;
	const void *program; /* an EFI image's; NULL: one with no more than a loader looks at first */
	size_t program_size;
};

/* Where they put what a test may want to spoil. */
enum { MADE_STRUCTURE = 0x1c, MADE_PROGRAM = 0x100, MADE_UNIT = 512 };

struct made_rom {
	uint8_t *data;
	size_t size;
};

/* Returns where in the ROM the image begins. */
size_t made_rom_add(struct made_rom *rom, const struct made_image *image);
void made_rom_fill(struct made_rom *rom, uint8_t value, size_t count);
void made_rom_set16(struct made_rom *rom, size_t at, unsigned int value);
void made_rom_free(struct made_rom *rom);

/* The usual card: image 0 for a BIOS, image 1 for EFI; 1002:5159, a display. */
struct made_rom made_rom_usual(void);
