/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap DRIVER.efi VENDOR DEVICE >ROM: an option ROM of a display card, with this program for UEFI. */
#include <stdio.h>
#include <stdlib.h>

#include "support/made-rom.h"

static char program[1 << 20];

int main(int argc, char **argv)
{
	struct made_image image = { .code_type = 3, .class = 0x030000, .last = 1 };
	FILE *file = argc == 4 ? fopen(argv[1], "re") : NULL;
	struct made_rom rom = { 0 };

	if (!file) {
		fputs("usage: wrap DRIVER.efi VENDOR DEVICE >ROM\n", stderr);
		return 2;
	}
	image.program = program;
	image.program_size = fread(program, 1, sizeof(program), file);
	fclose(file);
	image.vendor = (uint16_t)strtoul(argv[2], NULL, 16);
	image.device = (uint16_t)strtoul(argv[3], NULL, 16);
	image.units = (uint16_t)((MADE_PROGRAM + image.program_size + MADE_UNIT - 1) / MADE_UNIT);
	made_rom_add(&rom, &image);
	if (fwrite(rom.data, 1, rom.size, stdout) != rom.size || fflush(stdout) != 0) {
		perror("wrap");
		return 1;
	}
	made_rom_free(&rom);
	return 0;
}
