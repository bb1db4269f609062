/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/parsed-rom.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "support/test.h"

struct option_rom parse_bytes(const void *data, size_t size)
{
	uint8_t *copy = xcalloc(size ? size : 1, 1);
	struct option_rom rom;

	memcpy(copy, data, size);
	option_rom_parse(copy, size, &rom);
	free(copy);
	return rom;
}

struct option_rom parse_made(const struct made_rom *made)
{
	return parse_bytes(made->data, made->size);
}

struct option_rom parse_image(const struct made_image *image)
{
	struct made_rom made = { 0 };
	struct option_rom rom;

	made_rom_add(&made, image);
	rom = parse_made(&made);
	made_rom_free(&made);
	return rom;
}

void assert_rom(struct option_rom rom, size_t images, bool efi_boot, const char *const *problems,
		size_t count)
{
	for (size_t i = 0; i < rom.problems.count && i < count; i++)
		assert_contains(rom.problems.items[i], problems[i]);
	if (rom.problems.count > count)
		fail_msg("unexpected problem: %s", rom.problems.items[count]);
	assert_int_equal(rom.problems.count, count);
	assert_int_equal(rom.image_count, images);
	assert_int_equal(rom.efi_boot, efi_boot);
	option_rom_release(&rom);
}
