/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small, good ROMs for the fuzzer to begin with: make-option-roms DIRECTORY */
#include <stdio.h>
#include <stdlib.h>

#include "support/made-rom.h"

static void write_seed(const char *directory, const char *name, struct made_rom *rom)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "we");
	if (!file || fwrite(rom->data, 1, rom->size, file) != rom->size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	made_rom_free(rom);
}

int main(int argc, char **argv)
{
	static const uint16_t devices[] = { 0x1b81, 0x1b82, 0 };
	struct made_image image = { .code_type = 3, .vendor = 0x10de, .device = 0x1b80, .last = 1 };
	struct made_rom usual = made_rom_usual(), compressed = { 0 }, listing = { 0 }, dump = { 0 };

	if (argc != 2)
		return 2;
	image.compression = 1;
	made_rom_add(&compressed, &image);
	image.compression = 0;
	image.revision = 3;
	image.devices = devices;
	made_rom_add(&listing, &image);
	made_rom_fill(&dump, 'N', 300);
	made_rom_add(&dump, &image);
	write_seed(argv[1], "usual", &usual);
	write_seed(argv[1], "compressed", &compressed);
	write_seed(argv[1], "listing", &listing);
	write_seed(argv[1], "dump", &dump);
	return 0;
}
