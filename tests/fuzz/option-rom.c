/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer entry: whatever the bytes are, the ROM parser ends, in bounds, with an answer. */
#include "fuzz.h"
#include "policy/option-rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct option_rom rom;
	bool efi_boot = false;

	option_rom_parse(data, size, &rom);
	check(rom.image_count > 0 || rom.problems.count > 0);
	for (size_t i = 0; i < rom.image_count; i++) {
		const struct option_rom_image *image = &rom.images[i];

		check(image->offset < size);
		check(i == 0 || image->offset > rom.images[i - 1].offset);
		check(!image->efi_boot || (image->has_efi && image->efi.machine == ROM_MACHINE_X86_64 &&
					   image->length <= size - image->offset));
		efi_boot |= image->efi_boot;
	}
	check(rom.efi_boot == efi_boot);
	option_rom_match_device(&rom, 0x1002, 0x5159);
	option_rom_is_display(&rom);
	option_rom_release(&rom);
	return 0;
}
