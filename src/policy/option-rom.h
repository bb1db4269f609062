/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

#include "base/strv.h"

/*
 * A PCI option ROM: one or more images in a row, each a program that the machine's firmware may run
 * for the card. A guest under OVMF has a picture before its own driver starts only if there is an
 * EFI image among them (for a display, the GOP driver).
 *
 * The words are those of the PCI Firmware Specification 3.0, 5.1 (header, PCI data structure) and
 * of the UEFI Specification 2.10, 14.4.2 (EFI images). What firmware makes of them is edk2's
 * PciOptionRomSupport.c, what Linux makes of them its drivers/pci/rom.c.
 */

/* Code types of the PCI data structure. */
enum { ROM_CODE_X86 = 0, ROM_CODE_OPENFIRMWARE = 1, ROM_CODE_PA_RISC = 2, ROM_CODE_EFI = 3 };

/* Machine types and subsystems of the PE/COFF Specification. */
enum { ROM_MACHINE_X86_64 = 0x8664, ROM_MACHINE_EBC = 0x0ebc };
enum { ROM_SUBSYSTEM_BOOT_DRIVER = 11, ROM_SUBSYSTEM_RUNTIME_DRIVER = 12 };

/* No ROM is larger than 16 MiB; a file that has a dump of one can have something around it. */
#define ROM_FILE_MAX (32 << 20)

struct option_rom_efi {
	uint16_t machine, subsystem;
	uint16_t compression; /* 0: none, 1: UEFI's */
};

struct option_rom_image {
	size_t offset; /* from the begin of the data that was parsed */
	size_t length; /* what the image says, even if the data ends before */
	uint8_t code_type;
	uint16_t vendor, device; /* 0000:0000 on some EFI images */
	uint32_t class;
	uint16_t *devices; /* other devices that it is for: PCI data structure revision 3 */
	size_t device_count;
	bool last; /* marked as the last one */
	bool has_efi;
	struct option_rom_efi efi;
	bool efi_boot; /* OVMF on x86-64 can run it */
};

/* No image at all: it is not an option ROM, and the first problem says what it is instead. */
struct option_rom {
	size_t size;
	struct option_rom_image *images;
	size_t image_count;
	bool efi_boot; /* one of the images is such; EFI byte code does not count */
	struct strv problems; /* sentences */
};

/* Any data whatsoever; released by option_rom_release(). */
void option_rom_parse(const void *data, size_t size, struct option_rom *ret);
void option_rom_release(struct option_rom *rom);

/* Add a problem for each image that is for another device than this. */
void option_rom_match_device(struct option_rom *rom, uint16_t vendor, uint16_t device);

/* A ROM as a display's: its class is 03, so that an EFI image in it is a GOP driver. */
bool option_rom_is_display(const struct option_rom *rom);

/* "x86", "efi", ...; "x86-64", ...; "boot-service-driver", ...; NULL for numbers without a name. */
const char *rom_code_type_to_string(unsigned int code_type);
const char *rom_machine_to_string(unsigned int machine);
const char *rom_subsystem_to_string(unsigned int subsystem);
