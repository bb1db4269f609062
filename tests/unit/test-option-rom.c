/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>

#include "base/fileat.h"
#include "support/parsed-rom.h"
#include "support/test.h"

static void test_dump_header(void **state)
{
	struct made_rom usual = made_rom_usual(), made = { 0 };
	struct option_rom rom;

	(void)state;
	made_rom_fill(&made, 'N', 0x603);
	made_rom_set16(&made, 0x100, 0xaa55); /* and nothing behind it */
	made_rom_fill(&made, 0, usual.size);
	memcpy(made.data + 0x603, usual.data, usual.size);
	rom = parse_made(&made);
	assert_int_equal(rom.images[1].offset, 0x603 + 1024);
	ASSERT_ROM(rom, 2, true, "1539 bytes come before the ROM");
	made_rom_set16(&made, 0, 0xaa55);
	ASSERT_ROM(parse_made(&made), 2, true, "the ROM header at byte 0 has no PCI data structure");
	made_rom_free(&made);
	made_rom_free(&usual);
}

static void test_between_and_behind(void **state)
{
	struct made_image x86 = { .vendor = 0x1002, .device = 0x5159 };
	struct made_image efi = { .vendor = 0x1002, .device = 0x5159, .code_type = 3 };
	struct made_rom made = { 0 };
	struct option_rom rom;

	(void)state;
	made_rom_add(&made, &x86);
	made_rom_fill(&made, 'x', 1024);
	made_rom_set16(&made, 1024 + 100, 0xaa55); /* where no image can begin */
	efi.last = 1;
	made_rom_add(&made, &efi);
	made_rom_fill(&made, 0xff, 3000);
	rom = parse_made(&made);
	assert_int_equal(rom.images[1].offset, 2048);
	ASSERT_ROM(rom, 2, true, "from byte 1024 to 2047 there is no image");
	made_rom_free(&made);

	made_rom_add(&made, &x86);
	efi.last = 0;
	made_rom_add(&made, &efi);
	ASSERT_ROM(parse_made(&made), 2, true, "no image is marked as the last one");
	made_rom_fill(&made, 0xff, 700);
	ASSERT_ROM(parse_made(&made), 2, true, "no image is marked as the last one");
	made_rom_free(&made);

	x86.last = 1;
	made_rom_add(&made, &x86);
	made_rom_add(&made, &efi);
	ASSERT_ROM(parse_made(&made), 1, false, "another image at byte 1024");
	made_rom_free(&made);
}

static struct option_rom parse_pair(const struct made_image *a, const struct made_image *b)
{
	struct made_rom made = { 0 };
	struct option_rom rom;

	made_rom_add(&made, a);
	made_rom_add(&made, b);
	rom = parse_made(&made);
	made_rom_free(&made);
	return rom;
}

static void test_ids(void **state)
{
	static const uint16_t devices[] = { 0x1b81, 0x1b82, 0 };
	struct made_image first = { .vendor = 0x10de, .device = 0x1b80 };
	struct made_image listing = first;
	struct option_rom rom;

	(void)state;
	ASSERT_ROM(parse_pair(&first, EFI_FOR(0, 0)), 2, true,
		   "image 2: its ids are 0000:0000; that is accepted");
	ASSERT_ROM(parse_pair(&first, EFI_FOR(0x10de, 0x1b81)), 2, true,
		   "image 2: its ids are 10de:1b81, those of image 1 10de:1b80");
	ASSERT_ROM(parse_pair(&first, EFI_FOR(0x1002, 0x1b80)), 2, true,
		   "image 2: its ids are 1002:1b80");
	listing.revision = 3;
	listing.devices = devices;
	rom = parse_pair(&listing, EFI_FOR(0x10de, 0x1b82));
	assert_int_equal(rom.images[0].device_count, 2);
	option_rom_match_device(&rom, 0x10de, 0x1b82);
	assert_rom(rom, 2, true, NULL, 0);
	listing.devices = NULL;
	rom = parse_pair(&listing, EFI_FOR(0x10de, 0x1b82));
	assert_int_equal(rom.images[0].device_count, 0);
	ASSERT_ROM(rom, 2, true, "1b82");

	rom = parse_pair(&first, EFI_FOR(0, 0));
	option_rom_match_device(&rom, 0x10de, 0x1b81);
	option_rom_match_device(&rom, 0x1002, 0x1b80);
	ASSERT_ROM(rom, 2, true, "0000:0000", "image 1: it is for 10de:1b80, the device is 10de:1b81",
		   "image 1: it is for 10de:1b80, the device is 1002:1b80");
	ASSERT_ROM(parse_pair(&first, EFI_FOR(0, 0x1b80)), 2, true, "image 2: its ids are 0000:1b80");
}

static void test_too_many_images(void **state)
{
	const struct made_image image = { .vendor = 1, .code_type = 1, .units = 1 };
	struct made_rom made = { 0 };

	(void)state;
	for (int i = 0; i < 70; i++)
		made_rom_add(&made, &image);
	ASSERT_ROM(parse_made(&made), 64, false, "more than 64 images");
	made_rom_free(&made);
}

static void test_no_rom(void **state)
{
	static const char text[] = "This is a letter to whom it may concern, and no ROM at all.";
	struct made_rom made = { 0 };

	(void)state;
	ASSERT_ROM(parse_bytes("", 0), 0, false, "it is empty");
	ASSERT_ROM(parse_bytes("\x55\xaa", 2), 0, false, "only 2 bytes");
	ASSERT_ROM(parse_bytes(text, 25), 0, false, "only 25 bytes");
	ASSERT_ROM(parse_bytes(text, 26), 0, false, "nowhere in it");
	ASSERT_ROM(parse_bytes(text, sizeof(text)), 0, false, "nowhere in it");
	made_rom_fill(&made, 0xff, 65536);
	ASSERT_ROM(parse_made(&made), 0, false, "every byte of it is ff");
	memset(made.data, 0, made.size);
	ASSERT_ROM(parse_made(&made), 0, false, "every byte of it is 00");
	made_rom_set16(&made, 0, 0xaa55);
	ASSERT_ROM(parse_made(&made), 0, false, "has no PCI data structure");
	made_rom_free(&made);
}

/* Only whole images count: the EFI image boots when its last byte is there, and never before. */
static void test_every_truncation(void **state)
{
	struct made_rom made = made_rom_usual();

	(void)state;
	for (size_t size = 0; size <= made.size; size++) {
		struct option_rom rom = parse_bytes(made.data, size);

		assert_int_equal(rom.efi_boot, size == made.size);
		assert_int_equal(rom.problems.count > 0, size != made.size);
		option_rom_release(&rom);
	}
	made_rom_free(&made);
}

/* What Debian's ipxe-qemu and seabios have, as built by others. */
static const struct {
	const char *path;
	size_t images;
	bool efi_boot;
} packaged[] = {
	{ "/usr/lib/ipxe/qemu/efi-e1000.rom", 2, true },
	{ "/usr/lib/ipxe/qemu/efi-e1000e.rom", 2, true },
	{ "/usr/lib/ipxe/qemu/efi-ne2k_pci.rom", 2, true },
	{ "/usr/lib/ipxe/qemu/efi-virtio.rom", 2, true },
	{ "/usr/lib/ipxe/qemu/pxe-e1000.rom", 1, false },
	{ "/usr/share/seabios/vgabios-ati.bin", 1, false },
	{ "/usr/share/seabios/vgabios-stdvga.bin", 1, false },
	{ "/usr/share/seabios/vgabios-isavga.bin", 0, false },
	{ "/usr/share/seabios/vgabios-ramfb.bin", 0, false },
	{ "/usr/share/qemu/qboot.rom", 0, false },
};

static void test_packaged(void **state)
{
	size_t missing = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packaged); i++) {
		_cleanup_free_ char *data = NULL;
		ssize_t size = fileat_read_all(AT_FDCWD, packaged[i].path, 1 << 24, &data);
		struct option_rom rom;

		if (size < 0) {
			print_message("# SKIPPED: no %s here (Debian packages ipxe-qemu, seabios)\n",
				      packaged[i].path);
			missing++;
			continue;
		}
		rom = parse_bytes(data, (size_t)size);
		if (rom.image_count != packaged[i].images || rom.efi_boot != packaged[i].efi_boot)
			fail_msg("%s: %zu images, EFI %d", packaged[i].path, rom.image_count,
				 rom.efi_boot);
		option_rom_release(&rom);
	}
	if (missing == ARRAY_SIZE(packaged))
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dump_header),
		cmocka_unit_test(test_between_and_behind),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_too_many_images),
		cmocka_unit_test(test_no_rom),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_packaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
