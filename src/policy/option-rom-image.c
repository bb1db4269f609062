/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/option-rom-image.h"

#include "base/alloc.h"

/* PCI Firmware Specification 3.0, 5.1.1: the header. */
#define SIGNATURE        0xaa55
#define HEADER_X86_SIZE  0x02 /* u8, in units */
#define HEADER_STRUCTURE 0x18

/* UEFI Specification 2.10, 14.4.2: what an EFI image has in its header instead. */
#define EFI_SIGNATURE         0x00000ef1
#define HEADER_EFI_SIZE       0x02 /* u16, in units */
#define HEADER_EFI_SIGNATURE  0x04
#define HEADER_EFI_SUBSYSTEM  0x08
#define HEADER_EFI_MACHINE    0x0a
#define HEADER_EFI_COMPRESSED 0x0c
#define HEADER_EFI_PROGRAM    0x16

/* PCI Firmware Specification 3.0, 5.1.2: the PCI data structure. */
#define STRUCTURE_SIGNATURE 0x52494350 /* "PCIR" */
#define STRUCTURE_SIZE      0x18       /* without what revision 3 added: what edk2 asks for */
#define STRUCTURE_VENDOR    0x04
#define STRUCTURE_DEVICE    0x06
#define STRUCTURE_DEVICES   0x08 /* revision 3; vital product data before */
#define STRUCTURE_LENGTH    0x0a
#define STRUCTURE_REVISION  0x0c
#define STRUCTURE_CLASS     0x0d
#define STRUCTURE_IMAGE     0x10 /* u16, in units */
#define STRUCTURE_CODE_TYPE 0x14
#define STRUCTURE_INDICATOR 0x15
#define INDICATOR_LAST      0x80

/* More than any list of devices has; ends the reading of one that does not end. */
#define DEVICES_MAX 256

/* PE/COFF Specification: "MZ" and its pointer to "PE", whose machine comes next; "VZ" is short. */
#define DOS_SIGNATURE  0x5a4d
#define DOS_PE_POINTER 0x3c
#define PE_SIGNATURE   0x00004550
#define TE_SIGNATURE   0x5a56

static bool has(const struct rom_bytes *bytes, size_t at, size_t count)
{
	return at <= bytes->size && bytes->size - at >= count;
}

uint8_t rom_u8(const struct rom_bytes *bytes, size_t at)
{
	return has(bytes, at, 1) ? bytes->data[at] : 0;
}

uint16_t rom_u16(const struct rom_bytes *bytes, size_t at)
{
	return has(bytes, at, 2) ? (uint16_t)(rom_u8(bytes, at) | rom_u8(bytes, at + 1) << 8) : 0;
}

uint32_t rom_u32(const struct rom_bytes *bytes, size_t at)
{
	return has(bytes, at, 4) ? rom_u16(bytes, at) | (uint32_t)rom_u16(bytes, at + 2) << 16 : 0;
}

enum rom_place rom_look(const struct rom_bytes *bytes, size_t at)
{
	size_t pointer = rom_u16(bytes, at + HEADER_STRUCTURE);

	if (!has(bytes, at, ROM_HEADER_SIZE) || rom_u16(bytes, at) != SIGNATURE)
		return ROM_NOTHING;
	if (pointer == 0 || !has(bytes, at + pointer, STRUCTURE_SIZE) ||
	    rom_u32(bytes, at + pointer) != STRUCTURE_SIGNATURE)
		return ROM_NO_STRUCTURE;
	return ROM_IMAGE;
}

/* A pointer from the structure to 16-bit device ids, ended by 0000. */
static void read_devices(const struct rom_bytes *bytes, size_t structure, size_t number,
			 struct option_rom_image *image, struct option_rom *rom)
{
	size_t pointer = rom_u16(bytes, structure + STRUCTURE_DEVICES), at = structure + pointer;

	if (rom_u8(bytes, structure + STRUCTURE_REVISION) < 3 || pointer == 0)
		return;
	for (; image->device_count < DEVICES_MAX && has(bytes, at, 2); at += 2) {
		uint16_t device = rom_u16(bytes, at);

		if (device == 0)
			return;
		ARRAY_GROW(image->devices, image->device_count);
		image->devices[image->device_count++] = device;
	}
	strv_addf(&rom->problems, "image %zu: its list of devices has no end", number);
}

/* What a BIOS checks before it runs an image: the bytes of it have to sum up to 0. */
static void check_x86(const struct rom_bytes *bytes, size_t number,
		      struct option_rom_image *image, struct option_rom *rom)
{
	size_t size = (size_t)rom_u8(bytes, image->offset + HEADER_X86_SIZE) * ROM_UNIT;
	uint8_t sum = 0;

	if (size > image->length) {
		strv_addf(&rom->problems, "image %zu: its header says %zu bytes, its PCI data "
			  "structure %zu: firmware takes the larger", number, size, image->length);
		image->length = size;
	}
	if (!has(bytes, image->offset, size))
		return;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes->data[image->offset + i]);
	if (size == 0 || sum != 0)
		strv_addf(&rom->problems, "image %zu: its checksum is wrong: a BIOS refuses it; OVMF "
			  "has no use for it anyway", number);
}

/* NULL, or why the program in the image cannot be run: it would not even be loaded. */
static const char *program_obstacle(const struct rom_bytes *bytes,
				    const struct option_rom_image *image, size_t program,
				    size_t size)
{
	uint16_t machine;

	if (image->efi.compression == 1) /* the size of the compressed, then of the original */
		return rom_u32(bytes, program) > size - 8 || size < 8
			? "the compressed program is larger than the image" : NULL;
	if (rom_u16(bytes, program) == TE_SIGNATURE) {
		machine = rom_u16(bytes, program + 2);
	} else {
		if (rom_u16(bytes, program) == DOS_SIGNATURE)
			program += rom_u32(bytes, program + DOS_PE_POINTER);
		if (rom_u32(bytes, program) != PE_SIGNATURE)
			return "there is no program where its header points to";
		machine = rom_u16(bytes, program + 4);
	}
	return machine == image->efi.machine ? NULL
		: "the program is for another machine than its header says";
}

/* NULL, or why firmware of the image's machine does not run it: LocalLoadFile2() of edk2. */
static const char *efi_obstacle(const struct rom_bytes *bytes,
				const struct option_rom_image *image)
{
	size_t size = (size_t)rom_u16(bytes, image->offset + HEADER_EFI_SIZE) * ROM_UNIT;
	size_t program = rom_u16(bytes, image->offset + HEADER_EFI_PROGRAM);

	if (!has(bytes, image->offset, image->length))
		return "it is cut short";
	if (image->efi.subsystem != ROM_SUBSYSTEM_BOOT_DRIVER &&
	    image->efi.subsystem != ROM_SUBSYSTEM_RUNTIME_DRIVER)
		return "it is no driver, and firmware runs nothing else from a ROM";
	if (image->efi.compression > 1)
		return "it is compressed in a way that firmware does not know";
	if (size > image->length)
		return "its header says more bytes than its PCI data structure";
	if (program >= size)
		return "its program begins behind its end";
	return program_obstacle(bytes, image, image->offset + program, size - program);
}

static void read_efi(const struct rom_bytes *bytes, size_t number, struct option_rom_image *image,
		     struct option_rom *rom)
{
	const char *obstacle, *machine;

	if (rom_u32(bytes, image->offset + HEADER_EFI_SIGNATURE) != EFI_SIGNATURE) {
		strv_addf(&rom->problems, "image %zu: it is said to be an EFI image, but has no EFI "
			  "header: firmware cannot run it", number);
		return;
	}
	image->has_efi = true;
	image->efi = (struct option_rom_efi){
		.machine = rom_u16(bytes, image->offset + HEADER_EFI_MACHINE),
		.subsystem = rom_u16(bytes, image->offset + HEADER_EFI_SUBSYSTEM),
		.compression = rom_u16(bytes, image->offset + HEADER_EFI_COMPRESSED),
	};
	obstacle = efi_obstacle(bytes, image);
	machine = rom_machine_to_string(image->efi.machine);
	if (obstacle)
		strv_addf(&rom->problems, "image %zu: firmware cannot run it: %s", number, obstacle);
	else if (image->efi.machine == ROM_MACHINE_EBC)
		strv_addf(&rom->problems, "image %zu: it is EFI byte code, which only firmware with "
			  "an interpreter for it runs; not counted as an EFI image", number);
	else if (image->efi.machine != ROM_MACHINE_X86_64)
		strv_addf(&rom->problems, "image %zu: it is for another machine (%s, %04x), not for "
			  "x86-64", number, machine ? machine : "unknown", image->efi.machine);
	image->efi_boot = !obstacle && image->efi.machine == ROM_MACHINE_X86_64;
}

/* Returns false where firmware looks no further. */
static bool check_structure(const struct rom_bytes *bytes, size_t structure, size_t number,
			    const struct option_rom_image *image, size_t length,
			    struct option_rom *rom)
{
	uint16_t size = rom_u16(bytes, structure + STRUCTURE_LENGTH);
	bool reachable = (structure - image->offset) % 4 == 0;

	if (!reachable)
		strv_addf(&rom->problems, "image %zu: its PCI data structure is at an address that is "
			  "no multiple of 4: firmware ends the ROM before it", number);
	if (size < STRUCTURE_SIZE || size == UINT16_MAX)
		strv_addf(&rom->problems, "image %zu: its PCI data structure has a wrong length "
			  "(%u): recent kernels end the ROM before it", number, size);
	if (length == 0)
		strv_addf(&rom->problems, "image %zu: it says that it is 0 bytes long, so that "
			  "nothing behind it can be found", number);
	else if (!has(bytes, image->offset, length))
		strv_addf(&rom->problems, "image %zu: it is cut short: it says %zu bytes, and only "
			  "%zu are left", number, length, bytes->size - image->offset);
	return reachable && length > 0 && has(bytes, image->offset, length);
}

size_t rom_image_read(const struct rom_bytes *bytes, size_t at, size_t number,
		      struct option_rom_image *ret, struct option_rom *rom)
{
	size_t structure = at + rom_u16(bytes, at + HEADER_STRUCTURE);
	size_t length = (size_t)rom_u16(bytes, structure + STRUCTURE_IMAGE) * ROM_UNIT;
	bool go_on;

	*ret = (struct option_rom_image){
		.offset = at,
		.length = length,
		.code_type = rom_u8(bytes, structure + STRUCTURE_CODE_TYPE),
		.vendor = rom_u16(bytes, structure + STRUCTURE_VENDOR),
		.device = rom_u16(bytes, structure + STRUCTURE_DEVICE),
		.class = rom_u32(bytes, structure + STRUCTURE_CLASS) & 0xffffff,
		.last = rom_u8(bytes, structure + STRUCTURE_INDICATOR) & INDICATOR_LAST,
	};
	go_on = check_structure(bytes, structure, number, ret, length, rom);
	read_devices(bytes, structure, number, ret, rom);
	if (ret->code_type == ROM_CODE_X86)
		check_x86(bytes, number, ret, rom);
	else if (ret->code_type == ROM_CODE_EFI)
		read_efi(bytes, number, ret, rom);
	ret->efi_boot = ret->efi_boot && go_on;
	return go_on ? length : 0;
}
