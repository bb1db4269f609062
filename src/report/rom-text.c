/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/rom.h"

#include <string.h>

#include "base/wrap.h"
#include "report/color.h"
#include "report/table.h"

static void add_name(struct table *table, const char *name, unsigned int number)
{
	if (name)
		table_cell(table, "%s", name);
	else
		table_cell(table, "%#x", number);
}

static void add_efi(struct table *table, const struct option_rom_image *image)
{
	const char *machine = rom_machine_to_string(image->efi.machine);
	const char *subsystem = rom_subsystem_to_string(image->efi.subsystem);

	if (image->has_efi)
		table_cell(table, "%s (%04x), %s%s", machine ? machine : "unknown machine",
			   image->efi.machine, subsystem ? subsystem : "unknown subsystem",
			   image->efi.compression ? ", compressed" : "");
	else
		table_cell(table, "-");
}

static void print_images(FILE *out, const struct option_rom *rom, bool color)
{
	static const char *const headings[] = { "IMAGE", "OFFSET", "LENGTH", "TYPE",
						"IDS",   "CLASS",  "LAST",   "EFI" };
	struct table table;

	table_init(&table, headings, ARRAY_SIZE(headings));
	for (size_t i = 0; i < rom->image_count; i++) {
		const struct option_rom_image *image = &rom->images[i];

		table_cell(&table, "%zu", i + 1);
		table_cell(&table, "%zu", image->offset);
		table_cell(&table, "%zu", image->length);
		add_name(&table, rom_code_type_to_string(image->code_type), image->code_type);
		table_cell(&table, "%04x:%04x", image->vendor, image->device);
		table_cell(&table, "%06x", image->class);
		table_cell(&table, "%s", image->last ? "yes" : "-");
		add_efi(&table, image);
	}
	table_print(&table, out, color);
	table_release(&table);
}

static const char *meaning(const struct option_rom *rom)
{
	if (!rom->efi_boot && !option_rom_is_display(rom))
		return "no: there is nothing in it that OVMF can run";
	if (!rom->efi_boot)
		return "no: there is no EFI image for x86-64 that firmware can run; a guest under "
		       "OVMF has no picture from this card until its own driver runs. For one "
		       "before that, give it a ROM that has such an image (romfile)";
	if (!option_rom_is_display(rom))
		return "yes: OVMF runs it; it is not that of a display, so it brings no picture";
	return "yes: a guest under OVMF has a picture from this card as soon as it starts";
}

void text_rom(FILE *out, const struct option_rom *rom, bool color)
{
	const char *start = !color ? "" : rom->efi_boot ? COLOR_BOLD : COLOR_WARN;

	static const char title[] = "EFI image for this machine";

	print_images(out, rom, color);
	for (size_t i = 0; i < rom->problems.count; i++)
		fprintf(out, "problem: %s\n", rom->problems.items[i]);
	fprintf(out, "%s%s%s: ", start, title, color ? COLOR_PLAIN : "");
	put_wrapped(out, terminal_width(out), strlen(title) + 2, 2, meaning(rom));
	fputc('\n', out);
}
