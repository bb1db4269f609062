/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/made-rom.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void made_rom_fill(struct made_rom *rom, uint8_t value, size_t count)
{
	rom->data = xreallocarray(rom->data, rom->size + count, 1);
	memset(rom->data + rom->size, value, count);
	rom->size += count;
}

static void set(struct made_rom *rom, size_t at, unsigned int value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		rom->data[at + i] = (uint8_t)(value >> 8 * i);
}

void made_rom_set16(struct made_rom *rom, size_t at, unsigned int value)
{
	set(rom, at, value, 2);
}

static void add_structure(struct made_rom *rom, size_t at, const struct made_image *image,
			  unsigned int units)
{
	memcpy(rom->data + at, "PCIR", 4);
	set(rom, at + 0x04, image->vendor, 2);
	set(rom, at + 0x06, image->device, 2);
	set(rom, at + 0x0a, image->revision >= 3 ? 0x1c : 0x18, 2);
	set(rom, at + 0x0c, image->revision, 1);
	set(rom, at + 0x0d, image->class, 3);
	set(rom, at + 0x10, units, 2);
	set(rom, at + 0x14, image->code_type, 1);
	set(rom, at + 0x15, image->last ? 0x80 : 0, 1);
	if (image->revision < 3 || !image->devices)
		return;
	set(rom, at + 0x08, 0x1c, 2);
	for (size_t i = 0; image->devices[i]; i++)
		set(rom, at + 0x1c + 2 * i, image->devices[i], 2);
}

static void add_efi(struct made_rom *rom, size_t at, const struct made_image *image,
		    unsigned int units)
{
	size_t program = at + MADE_PROGRAM;
	unsigned int machine = image->machine ? image->machine : 0x8664;

	set(rom, at + 0x02, units, 2);
	set(rom, at + 0x04, 0x0ef1, 4);
	set(rom, at + 0x08, image->subsystem ? image->subsystem : 11, 2);
	set(rom, at + 0x0a, machine, 2);
	set(rom, at + 0x0c, image->compression, 2);
	set(rom, at + 0x16, MADE_PROGRAM, 2);
	if (image->compression) {
		set(rom, program, 64, 4);
		set(rom, program + 4, 128, 4);
		return;
	}
	if (image->program) {
		memcpy(rom->data + program, image->program, image->program_size);
		return;
	}
	memcpy(rom->data + program, "MZ", 2);
	set(rom, program + 0x3c, 0x40, 4);
	memcpy(rom->data + program + 0x40, "PE", 2);
	set(rom, program + 0x44, machine, 2);
}

static void add_x86(struct made_rom *rom, size_t at, unsigned int units)
{
	uint8_t sum = 0;

	set(rom, at + 0x02, units, 1);
	set(rom, at + 0x03, 0xcb, 1); /* retf */
	for (size_t i = 0; i < units * MADE_UNIT; i++)
		sum = (uint8_t)(sum + rom->data[at + i]);
	set(rom, at + 0x06, 0x100U - sum, 1);
}

size_t made_rom_add(struct made_rom *rom, const struct made_image *image)
{
	unsigned int units = image->units ? image->units : 2;
	size_t at = rom->size;

	made_rom_fill(rom, 0, units * MADE_UNIT);
	set(rom, at, 0xaa55, 2);
	set(rom, at + 0x18, MADE_STRUCTURE, 2);
	add_structure(rom, at + MADE_STRUCTURE, image, units);
	if (image->code_type == 3)
		add_efi(rom, at, image, units);
	else if (image->code_type == 0)
		add_x86(rom, at, units);
	return at;
}

void made_rom_free(struct made_rom *rom)
{
	free(rom->data);
	*rom = (struct made_rom){ 0 };
}

struct made_rom made_rom_usual(void)
{
	struct made_image image = { .vendor = 0x1002, .device = 0x5159, .class = 0x030000 };
	struct made_rom rom = { 0 };

	made_rom_add(&rom, &image);
	image.code_type = 3;
	image.last = 1;
	made_rom_add(&rom, &image);
	return rom;
}
