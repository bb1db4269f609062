/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/check-rom.h"

#include "base/alloc.h"
#include "policy/check.h"
#include "policy/option-rom.h"

#define NO_PICTURE "a guest under OVMF has no picture from it before its own driver starts"

static void add_without_efi(const char *subject, char *message, struct finding_list *findings)
{
	finding_add(findings, FINDING_ROM_WITHOUT_EFI, subject, message,
		    xstrdup("if the guest needs a picture earlier, get a ROM with an EFI image from "
			    "the maker of the card, have it judged by vfioadm rom FILE and name it "
			    "with romfile= in the guest's [hostdev]; otherwise nothing has to be "
			    "done"));
}

void check_rom_data(const char *subject, const char *name, const void *data, size_t size,
		    struct finding_list *findings)
{
	struct option_rom rom;

	option_rom_parse(data, size, &rom);
	if (rom.image_count == 0)
		add_without_efi(subject, xasprintf("%s is no PCI option ROM (%s): " NO_PICTURE, name,
						   rom.problems.items[0]), findings);
	else if (!rom.efi_boot)
		add_without_efi(subject, xasprintf("%s has no EFI image for x86-64: " NO_PICTURE,
						   name), findings);
	option_rom_release(&rom);
}

void check_roms(const struct host *host, const struct targets *targets,
		struct finding_list *findings)
{
	(void)targets;
	for (size_t i = 0; i < host->roms.count; i++) {
		const struct pci_rom *rom = &host->roms.items[i];
		const struct pci_addr_text addr = pci_addr_text(rom->addr);

		if (rom->data)
			check_rom_data(addr.text, "its ROM", rom->data, rom->size, findings);
		else
			add_without_efi(addr.text, xstrdup("the card has no option ROM: " NO_PICTURE),
					findings);
	}
}
