/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/pci-addr.h"
#include "support/test.h"

static struct pci_addr addr(const char *text)
{
	struct pci_addr a;
	struct error err;

	assert_ok(pci_addr_parse(text, &a, NULL, &err), err);
	return a;
}

static void reads_as(const char *text, const char *expected)
{
	assert_string_equal(pci_addr_text(addr(text)).text, expected);
}

static void a_function_is_read_with_and_without_its_domain(void **unused)
{
	(void)unused;
	reads_as("01:00.0", "0000:01:00.0");
	reads_as("0000:01:00.0", "0000:01:00.0");
	reads_as("0001:Af:1F.7", "0001:af:1f.7");
	reads_as("00:00.0", "0000:00:00.0");
}

/* Intel VMD's domains start at 10000. */
static void a_domain_has_four_to_eight_digits(void **unused)
{
	(void)unused;
	reads_as("10000:01:00.0", "10000:01:00.0");
	reads_as("ffffffff:ff:1f.7", "ffffffff:ff:1f.7");
	reads_as("00000001:02:03.4", "0001:02:03.4");
	assert_int_equal(addr("10000:e1:00.0").domain, 0x10000);
}

static void the_parts_are_kept_apart(void **unused)
{
	struct pci_addr a = addr("1234:56:1a.3");

	(void)unused;
	assert_int_equal(a.domain, 0x1234);
	assert_int_equal(a.bus, 0x56);
	assert_int_equal(a.device, 0x1a);
	assert_int_equal(a.function, 3);
}

static const char *const malformed[] = {
	"", ":", ".", "1:00.0", "001:00.0", "01:0.0", "01:000.0", "01:00.", "01:00.8", "01:00.00",
	"01:20.0", "01:00.0 ", " 01:00.0", "0000:01:00.0 ", "0000:01:00.0\n", "g0:00.0", "01:g0.0",
	"01:00.g", "000:01:00.0", "123456789:01:00.0", ":01:00.0", "0000::00.0", "0000:01:.0",
	"0000:0000:01:00.0", "0x00:01:00.0", "01-00.0", "01:00:0", "01:00.0.0", "0000:01:00.0:",
	"-001:01:00.0", "+1:00.0", "01.00.0", "1002:5159",
};

static void refused(const char *text, bool *whole_slot)
{
	struct pci_addr a = { 1, 2, 3, 4 };
	struct error err;

	if (pci_addr_parse(text, &a, whole_slot, &err) != -EINVAL)
		fail_msg("\"%s\" was taken as %s", text, pci_addr_text(a).text);
	assert_int_equal(err.code, -EINVAL);
	assert_contains(err.msg, text);
}

static void what_is_no_address_is_refused_and_quoted(void **unused)
{
	bool slot;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		refused(malformed[i], NULL);
		refused(malformed[i], &slot);
	}
}

static void a_text_of_10000_characters_is_refused_in_a_short_message(void **unused)
{
	static const char parts[] = "0:.";
	char text[10001];
	struct pci_addr a;
	struct error err;

	(void)unused;
	for (const char *c = parts; *c; c++) {
		memset(text, *c, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		assert_int_equal(pci_addr_parse(text, &a, NULL, &err), -EINVAL);
		assert_true(strlen(err.msg) < 200);
	}
}

static void a_slot_is_an_address_only_where_one_is_asked_for(void **unused)
{
	struct pci_addr a;
	struct error err;
	bool slot = false;

	(void)unused;
	assert_ok(pci_addr_parse("01:00", &a, &slot, &err), err);
	assert_true(slot);
	assert_string_equal(pci_addr_text(a).text, "0000:01:00.0");
	assert_ok(pci_addr_parse("10000:01:1f", &a, &slot, &err), err);
	assert_true(slot);
	assert_ok(pci_addr_parse("01:00.1", &a, &slot, &err), err);
	assert_false(slot);
	refused("01:00", NULL);
	refused("01:20", &slot);
	refused("01", &slot);
}

static void addresses_are_ordered_as_lspci_does(void **unused)
{
	static const char *const sorted[] = { "0000:00:00.0", "0000:00:00.7", "0000:00:01.0",
					      "0000:01:00.0", "0000:ff:1f.7", "0001:00:00.0",
					      "10000:00:00.0", "ffffffff:00:00.0" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			int order = pci_addr_compare(addr(sorted[i]), addr(sorted[j]));

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void a_slot_is_domain_bus_and_device(void **unused)
{
	(void)unused;
	assert_true(pci_addr_same_slot(addr("01:00.0"), addr("01:00.7")));
	assert_false(pci_addr_same_slot(addr("01:00.0"), addr("01:01.0")));
	assert_false(pci_addr_same_slot(addr("01:00.0"), addr("02:00.0")));
	assert_false(pci_addr_same_slot(addr("01:00.0"), addr("0001:01:00.0")));
}

static void ids_are_four_digits_each(void **unused)
{
	static const char *const bad[] = { "", ":", "1002", "1002:", "1002:515", "1002:51590",
					   "102:5159", "10025:159", "1002-5159", "1002:515g",
					   "1002:5159 ", " 002:5159", "1002:5159:", "01:00.0" };
	uint16_t vendor = 1, device = 2;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(pci_ids_parse(bad[i], &vendor, &device), -EINVAL);
	assert_int_equal(vendor, 1);
	assert_int_equal(device, 2);
	assert_int_equal(pci_ids_parse("10dE:1bB1", &vendor, &device), 0);
	assert_int_equal(vendor, 0x10de);
	assert_int_equal(device, 0x1bb1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_read_with_and_without_its_domain),
		cmocka_unit_test(a_domain_has_four_to_eight_digits),
		cmocka_unit_test(the_parts_are_kept_apart),
		cmocka_unit_test(what_is_no_address_is_refused_and_quoted),
		cmocka_unit_test(a_text_of_10000_characters_is_refused_in_a_short_message),
		cmocka_unit_test(a_slot_is_an_address_only_where_one_is_asked_for),
		cmocka_unit_test(addresses_are_ordered_as_lspci_does),
		cmocka_unit_test(a_slot_is_domain_bus_and_device),
		cmocka_unit_test(ids_are_four_digits_each),
	};

	return cmocka_run_group_tests_name("pci-addr", tests, NULL, NULL);
}
