/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/parsed-rom.h"
#include "support/test.h"

/* The header of image 1 and of the PCI data structures, literally as the specifications have it. */
static void test_bytes(void **state)
{
	static const uint8_t header[] = {
		0x55, 0xaa, 0x02, 0x00, 0xf1, 0x0e, 0x00, 0x00, 0x0b, 0x00, 0x64, 0x86, 0x00,
		0x00, 0,    0,    0,    0,    0,    0,    0,    0,    0x00, 0x01, 0x1c, 0x00,
		0,    0,    'P',  'C',  'I',  'R',  0x02, 0x10, 0x59, 0x51, 0x00, 0x00, 0x18,
		0x00, 0x00, 0x00, 0x00, 0x03, 0x02, 0x00, 0x00, 0x00, 0x03, 0x80, 0,    0,
	};
	struct made_rom made = made_rom_usual();
	struct option_rom rom = parse_made(&made);

	(void)state;
	assert_memory_equal(made.data + 1024, header, sizeof(header));
	assert_int_equal(rom.size, 2048);
	assert_int_equal(rom.image_count, 2);
	assert_int_equal(rom.images[0].offset, 0);
	assert_int_equal(rom.images[0].length, 1024);
	assert_int_equal(rom.images[0].code_type, ROM_CODE_X86);
	assert_false(rom.images[0].last);
	assert_false(rom.images[0].has_efi);
	assert_int_equal(rom.images[1].offset, 1024);
	assert_int_equal(rom.images[1].length, 1024);
	assert_int_equal(rom.images[1].code_type, ROM_CODE_EFI);
	assert_int_equal(rom.images[1].vendor, 0x1002);
	assert_int_equal(rom.images[1].device, 0x5159);
	assert_int_equal(rom.images[1].class, 0x030000);
	assert_true(rom.images[1].last);
	assert_true(rom.images[1].has_efi);
	assert_int_equal(rom.images[1].efi.machine, ROM_MACHINE_X86_64);
	assert_int_equal(rom.images[1].efi.subsystem, ROM_SUBSYSTEM_BOOT_DRIVER);
	assert_int_equal(rom.images[1].efi.compression, 0);
	assert_true(option_rom_is_display(&rom));
	assert_rom(rom, 2, true, NULL, 0);
	made_rom_free(&made);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_rom(parse_image(IMAGE(0)), 1, false, NULL, 0);
	assert_rom(parse_image(IMAGE(.code_type = 1)), 1, false, NULL, 0);
	assert_rom(parse_image(IMAGE(.code_type = 7)), 1, false, NULL, 0);
	assert_rom(parse_image(IMAGE(.code_type = 3)), 1, true, NULL, 0);
	assert_rom(parse_image(IMAGE(.code_type = 3, .subsystem = 12)), 1, true, NULL, 0);
	assert_rom(parse_image(IMAGE(.code_type = 3, .compression = 1)), 1, true, NULL, 0);
	ASSERT_ROM(parse_image(IMAGE(.code_type = 3, .machine = 0x0ebc)), 1, false, "byte code");
	ASSERT_ROM(parse_image(IMAGE(.code_type = 3, .machine = 0x014c)), 1, false, "ia32, 014c");
	ASSERT_ROM(parse_image(IMAGE(.code_type = 3, .machine = 0x1234)), 1, false, "unknown, 1234");
	ASSERT_ROM(parse_image(IMAGE(.code_type = 3, .subsystem = 10)), 1, false, "no driver");
	ASSERT_ROM(parse_image(IMAGE(.code_type = 3, .compression = 2)), 1, false, "compressed in");
}

/* The usual ROM with two bytes of its EFI image changed. */
static struct option_rom parse_spoilt(size_t at, unsigned int value)
{
	struct made_rom made = made_rom_usual();
	struct option_rom rom;

	made_rom_set16(&made, at, value);
	rom = parse_made(&made);
	made_rom_free(&made);
	return rom;
}

static void test_efi_headers(void **state)
{
	enum { EFI = 1024, PROGRAM = EFI + MADE_PROGRAM };
	struct made_rom made = { 0 };

	(void)state;
	ASSERT_ROM(parse_spoilt(EFI + 4, 0), 2, false, "image 2: it is said to be");
	ASSERT_ROM(parse_spoilt(EFI + 2, 3), 2, false, "image 2: firmware cannot run it: its header "
						       "says more bytes");
	ASSERT_ROM(parse_spoilt(EFI + 2, 0), 2, false, "begins behind its end");
	ASSERT_ROM(parse_spoilt(EFI + 0x16, 1024), 2, false, "begins behind its end");
	ASSERT_ROM(parse_spoilt(PROGRAM, 0), 2, false, "there is no program");
	ASSERT_ROM(parse_spoilt(PROGRAM + 0x3c, 0xffff), 2, false, "there is no program");
	ASSERT_ROM(parse_spoilt(PROGRAM + 0x44, 0xaa64), 2, false, "for another machine");
	/* "VZ" and the machine: the short form of a program. */
	made = made_rom_usual();
	made_rom_set16(&made, PROGRAM, 0x5a56);
	made_rom_set16(&made, PROGRAM + 2, 0x8664);
	assert_rom(parse_made(&made), 2, true, NULL, 0);
	made_rom_free(&made);
	made_rom_add(&made, IMAGE(.code_type = 3, .compression = 1));
	made_rom_set16(&made, MADE_PROGRAM, 1024 - MADE_PROGRAM - 8);
	assert_rom(parse_made(&made), 1, true, NULL, 0);
	made_rom_set16(&made, MADE_PROGRAM, 1024 - MADE_PROGRAM - 7);
	ASSERT_ROM(parse_made(&made), 1, false, "larger than the image");
	made_rom_set16(&made, 0x16, 1020);
	ASSERT_ROM(parse_made(&made), 1, false, "larger than the image");
	made_rom_free(&made);
}

static void test_structures(void **state)
{
	enum { STRUCTURE = 1024 + MADE_STRUCTURE };

	(void)state;
	ASSERT_ROM(parse_spoilt(STRUCTURE + 0x0a, 0x17), 2, true, "wrong length (23)");
	ASSERT_ROM(parse_spoilt(STRUCTURE + 0x0a, 0xffff), 2, true, "wrong length (65535)");
	ASSERT_ROM(parse_spoilt(STRUCTURE + 0x10, 0), 2, false, "0 bytes long",
		   "says more bytes than");
	ASSERT_ROM(parse_spoilt(STRUCTURE + 0x10, 3), 2, false,
		   "it says 1536 bytes, and only 1024 are left", "it is cut short");
	ASSERT_ROM(parse_spoilt(STRUCTURE, 0), 1, false, "at byte 1024 there is a ROM header without");
	ASSERT_ROM(parse_spoilt(1024 + 0x18, 0), 1, false, "at byte 1024 there is a ROM header");
	ASSERT_ROM(parse_spoilt(1024 + 0x18, 0xfff0), 1, false, "at byte 1024 there is a ROM");
	ASSERT_ROM(parse_spoilt(1024, 0), 1, false, "no image is marked as the last one");
}

/* The structure two bytes further: 2 is no multiple of 4. */
static void test_unaligned_structure(void **state)
{
	struct made_rom made = { 0 };

	(void)state;
	made_rom_add(&made, IMAGE(.code_type = 3));
	memmove(made.data + MADE_STRUCTURE + 2, made.data + MADE_STRUCTURE, 0x18);
	made_rom_set16(&made, 0x18, MADE_STRUCTURE + 2);
	ASSERT_ROM(parse_made(&made), 1, false, "no multiple of 4");
	made_rom_free(&made);
}

static void test_x86_images(void **state)
{
	struct made_rom made = made_rom_usual();

	(void)state;
	made.data[100] ^= 1;
	ASSERT_ROM(parse_made(&made), 2, true, "image 1: its checksum is wrong");
	made.data[100] ^= 1;
	made.data[2] = 0; /* nothing sums up to 0, but is no image */
	ASSERT_ROM(parse_made(&made), 2, true, "image 1: its checksum is wrong");
	/* The header says 4 units, its structure 2; what is there of the next image has a sum too. */
	made.data[2] = 4;
	for (size_t i = 1024; i < 2048; i++)
		made.data[6] = (uint8_t)(made.data[6] - made.data[i]);
	made.data[6] = (uint8_t)(made.data[6] - 2);
	ASSERT_ROM(parse_made(&made), 2, true, "image 1: its header says 2048 bytes, its PCI data "
					  "structure 1024");
	made_rom_free(&made);
}

/* Before revision 3 the pointer to the list was one to vital product data. */
static void test_product_data(void **state)
{
	static const uint16_t devices[] = { 0x1b81, 0 };
	struct made_rom made = { 0 };
	struct option_rom rom;

	(void)state;
	made_rom_add(&made, IMAGE(.code_type = 1, .revision = 3, .devices = devices));
	made.data[MADE_STRUCTURE + 0x0c] = 2;
	rom = parse_made(&made);
	assert_int_equal(rom.images[0].device_count, 0);
	assert_rom(rom, 1, false, NULL, 0);
	made_rom_free(&made);
}

static void test_endless_device_list(void **state)
{
	static const uint16_t devices[] = { 1, 0 };
	struct made_image image = { .vendor = 1, .device = 1, .code_type = 3, .last = 1,
				    .revision = 3, .devices = devices };
	struct made_rom made = { 0 };
	struct option_rom rom;

	(void)state;
	made_rom_add(&made, &image);
	memset(made.data + MADE_STRUCTURE + 0x1c, 0xee, made.size - MADE_STRUCTURE - 0x1c);
	rom = parse_made(&made);
	assert_int_equal(rom.images[0].device_count, 256);
	ASSERT_ROM(rom, 1, false, "its list of devices has no end", "there is no program");
	made_rom_free(&made);
}

/* All that is read of an image: its header, structure, list of devices, and program. */
static void test_every_corruption(void **state)
{
	static const uint16_t devices[] = { 0x1b81, 0x1b82, 0 };
	struct made_image image = { .vendor = 0x10de, .device = 0x1b80, .revision = 3,
				    .devices = devices };
	struct made_rom made = { 0 };

	(void)state;
	made_rom_add(&made, &image);
	image.code_type = 3;
	made_rom_add(&made, &image);
	image.compression = 1;
	image.last = 1;
	made_rom_add(&made, &image);
	for (size_t at = 0; at < made.size; at++) {
		uint8_t good = made.data[at];

		if (at % 1024 >= MADE_PROGRAM + 0x48)
			continue;
		for (int value = 0; value < 256; value++) {
			struct option_rom rom;

			made.data[at] = (uint8_t)value;
			rom = parse_made(&made);
			assert_true(rom.image_count > 0 || rom.problems.count > 0);
			option_rom_release(&rom);
		}
		made.data[at] = good;
	}
	assert_rom(parse_made(&made), 3, true, NULL, 0);
	made_rom_free(&made);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(rom_code_type_to_string(0), "x86");
	assert_string_equal(rom_code_type_to_string(1), "openfirmware");
	assert_string_equal(rom_code_type_to_string(2), "pa-risc");
	assert_string_equal(rom_code_type_to_string(3), "efi");
	assert_null(rom_code_type_to_string(4));
	assert_string_equal(rom_machine_to_string(0x8664), "x86-64");
	assert_string_equal(rom_machine_to_string(0xaa64), "aarch64");
	assert_null(rom_machine_to_string(0));
	assert_string_equal(rom_subsystem_to_string(11), "boot-service-driver");
	assert_null(rom_subsystem_to_string(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_efi_headers),
		cmocka_unit_test(test_structures),
		cmocka_unit_test(test_unaligned_structure),
		cmocka_unit_test(test_x86_images),
		cmocka_unit_test(test_product_data),
		cmocka_unit_test(test_endless_device_list),
		cmocka_unit_test(test_every_corruption),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
