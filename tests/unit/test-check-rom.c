/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a card's ROM, from the card itself (check --rom) and from a guest's romfile. */
#include <stdio.h>

#include "base/alloc.h"
#include "launch/preflight.h"
#include "policy/check-rom.h"
#include "support/judged.h"
#include "support/made-rom.h"

static struct finding_list findings;

static int finish(void **unused)
{
	(void)unused;
	finding_list_release(&findings);
	return 0;
}

static struct made_rom without_efi(void)
{
	static const struct made_image bios = { .vendor = 0x1002, .device = 0x5159,
						.class = 0x030000, .last = 1 };
	struct made_rom rom = { 0 };

	made_rom_add(&rom, &bios);
	return rom;
}

static void assert_finding(size_t i, const char *why)
{
	assert_true(i < findings.count);
	assert_string_equal(finding_kinds[findings.items[i].id].id, "rom-without-efi");
	assert_string_equal(findings.items[i].subject, GPU);
	assert_contains(findings.items[i].message, why);
	assert_contains(findings.items[i].remedy, "romfile=");
}

static void a_rom_is_judged_by_its_images(void **unused)
{
	struct made_rom efi = made_rom_usual(), bios = without_efi();

	(void)unused;
	check_rom_data(GPU, "its ROM", efi.data, efi.size, &findings);
	assert_int_equal(findings.count, 0);
	check_rom_data(GPU, "its ROM", bios.data, bios.size, &findings);
	assert_finding(0, "its ROM has no EFI image for x86-64: a guest under OVMF has no picture");
	check_rom_data(GPU, "/rom", "no ROM", 6, &findings);
	assert_finding(1, "/rom is no PCI option ROM (");
	made_rom_free(&efi);
	made_rom_free(&bios);
}

/* As check does it: without --rom there are no ROMs, and nothing is said of any. */
static void the_card_of_a_host(void **unused)
{
	struct made_rom efi = made_rom_usual(), bios = without_efi();
	struct pci_addr gpu;
	struct error err;
	struct judged j;

	(void)unused;
	assert_ok(pci_addr_parse(GPU, &gpu, NULL, &err), err);
	judged_make(&j);
	judge_for(&j, ASSESS_CHECK);
	assert_int_equal(j.findings.count, 0);
	pci_roms_add(&j.host.roms, gpu, (char *)efi.data, efi.size);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
	assert_int_equal(j.findings.count, 0);
	pci_roms_release(&j.host.roms);
	pci_roms_add(&j.host.roms, gpu, (char *)bios.data, bios.size);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
	assert_contains(judged_find(&j, "rom-without-efi", GPU)->message, "its ROM has no EFI");
	finding_list_release(&j.findings);
	assess(&j.host, &j.targets, ASSESS_BIND, &j.findings);
	assert_int_equal(j.findings.count, 0);
	pci_roms_release(&j.host.roms);
	pci_roms_add(&j.host.roms, gpu, NULL, 0);
	assess(&j.host, &j.targets, ASSESS_CHECK, &j.findings);
	assert_contains(judged_find(&j, "rom-without-efi", GPU)->message, "has no option ROM");
	judged_release(&j);
}

static void write_rom(const char *path, const struct made_rom *rom)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(rom->data, 1, rom->size, file), rom->size);
	fclose(file);
}

static void a_guests_romfile(void **unused)
{
	struct made_rom efi = made_rom_usual(), bios = without_efi();
	char path[] = "/tmp/vfioadm-rom.XXXXXX";
	struct guest guest = { .hostdev_count = 1 };
	struct error err;
	struct judged j;

	(void)unused;
	close(mkstemp(path));
	judged_make(&j);
	judge_for(&j, ASSESS_BIND);
	assert_ok(pci_addr_parse(GPU, &guest.hostdevs[0].address, NULL, &err), err);
	launch_check_roms(&guest, &j.host, &findings);
	assert_int_equal(findings.count, 0); /* no romfile */
	guest.hostdevs[0].romfile.text = path;
	write_rom(path, &efi);
	launch_check_roms(&guest, &j.host, &findings);
	assert_int_equal(findings.count, 0);
	write_rom(path, &bios);
	launch_check_roms(&guest, &j.host, &findings);
	assert_finding(0, path);
	assert_int_equal(findings.count, 1);
	assert_ok(pci_addr_parse(AUDIO, &guest.hostdevs[0].address, NULL, &err), err);
	launch_check_roms(&guest, &j.host, &findings);
	assert_int_equal(findings.count, 1); /* no display: it shows no picture anyway */
	remove(path);
	assert_ok(pci_addr_parse(GPU, &guest.hostdevs[0].address, NULL, &err), err);
	launch_check_roms(&guest, &j.host, &findings);
	assert_int_equal(findings.count, 1); /* that it is not there is told elsewhere */
	judged_release(&j);
	made_rom_free(&efi);
	made_rom_free(&bios);
}

#define a_test(function) cmocka_unit_test_teardown(function, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test(a_rom_is_judged_by_its_images),
		a_test(the_card_of_a_host),
		a_test(a_guests_romfile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
