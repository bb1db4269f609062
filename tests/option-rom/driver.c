/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a graphics card's option ROM has for UEFI firmware, as small as it can be: a boot service
 * driver that leaves a mark, a variable of the firmware's that Linux finds in efivarfs.
 */
#include <efi.h>

/* Attributes without NON_VOLATILE: the mark is of this boot. */
#define ATTRIBUTES (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	static CHAR16 name[] = L"OptionRomRan";
	static EFI_GUID vendor = { 0x5d1c7a52, 0x0c6e, 0x4a7b,
				   { 0x9a, 0x53, 0x10, 0x02, 0x51, 0x59, 0x00, 0x01 } };
	static UINT8 mark[] = "driver ran";

	(void)image;
	return system->RuntimeServices->SetVariable(name, &vendor, ATTRIBUTES, sizeof(mark) - 1, mark);
}
