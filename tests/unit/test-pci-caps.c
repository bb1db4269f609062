/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/host.h"
#include "support/test.h"
#include "support/topology.h"

#define PORT "0000:00:1c.0"
#define CARD "0000:01:00.0"

static struct tree *tree;
static struct host host;

static int make_host(void **unused)
{
	(void)unused;
	tree = tree_new();
	tree_add_function(tree, PORT, 0x8086, 0xa33c, CLASS_BRIDGE, NULL, -1, NULL);
	tree_add_function(tree, CARD, 0x1002, 0x5159, 0x030000, NULL, -1, PORT);
	topology_set_pcie(tree, PORT, PCIE_ROOT_PORT, ACS_PORT, ACS_PORT_ON);
	topology_set_pcie(tree, CARD, PCIE_LEGACY_ENDPOINT, NO_ACS, 0);
	return 0;
}

static int free_host(void **unused)
{
	(void)unused;
	host_release(&host);
	host = (struct host){ 0 };
	tree_free(tree);
	return 0;
}

/* What is read of a function now. */
static struct pci_caps look_at(const char *text)
{
	struct pci_addr addr;
	struct error err;

	host_release(&host);
	host = (struct host){ 0 };
	assert_ok(host_discover(tree_root(tree), HOST_CAPS, &host, &err), err);
	assert_ok(pci_addr_parse(text, &addr, NULL, &err), err);
	return host.caps[pci_functions_find(&host.functions, addr) - host.functions.items];
}

static void set_byte(const char *addr, size_t offset, uint8_t value)
{
	tree_set_config(tree, addr, offset, &value, 1);
}

static void a_port_with_acs(void **unused)
{
	const struct pci_caps caps = look_at(PORT);

	(void)unused;
	assert_true(caps.known);
	assert_true(caps.pcie);
	assert_int_equal(caps.type, PCIE_ROOT_PORT);
	assert_int_equal(caps.acs, ACS_CAPABILITY_PRESENT);
	assert_int_equal(caps.acs_bits, ACS_PORT);
	assert_int_equal(caps.acs_control, ACS_PORT_ON);
	assert_false(caps.multifunction);
}

static void an_endpoint_without_acs(void **unused)
{
	const struct pci_caps caps = look_at(CARD);

	(void)unused;
	assert_int_equal(caps.type, PCIE_LEGACY_ENDPOINT);
	assert_int_equal(caps.acs, ACS_CAPABILITY_ABSENT);
}

static void acs_behind_other_capabilities(void **unused)
{
	const uint8_t other[] = { 0x01, 0x00, 0x02, 0x20 }; /* AER, the next is at 0x200 */
	const uint8_t acs[] = { 0x0d, 0, 1, 0, 0x1f, 0, 0x1d, 0 };
	const uint8_t chain[] = { 0x05, 0x60 }; /* MSI, the next is at 0x60 */
	const uint8_t pcie[] = { 0x10, 0, 0x42, 0 };
	struct pci_caps caps;

	(void)unused;
	tree_set_config(tree, PORT, 0x40, chain, sizeof(chain));
	tree_set_config(tree, PORT, 0x60, pcie, sizeof(pcie));
	tree_set_config(tree, PORT, 0x100, other, sizeof(other));
	tree_set_config(tree, PORT, 0x200, acs, sizeof(acs));
	caps = look_at(PORT);
	assert_int_equal(caps.type, PCIE_ROOT_PORT);
	assert_int_equal(caps.acs_bits, 0x1f);
	assert_int_equal(caps.acs_control, 0x1d);
}

static void the_wide_registers_of_sunrise_point(void **unused)
{
	const uint8_t registers[] = { 0x0d, 0, 1, 0, 0x0f, 0, 0, 0, 0x0d, 0, 0, 0 };
	struct pci_caps caps;

	(void)unused;
	tree_set_config(tree, PORT, 0x100, registers, sizeof(registers));
	assert_int_equal(look_at(PORT).acs_control, 0);
	tree_set(tree, PORT, "device", "0xa294");
	caps = look_at(PORT);
	assert_int_equal(caps.acs_bits, 0x0f);
	assert_int_equal(caps.acs_control, 0x0d);
}

static void a_conventional_device_has_no_extended_space(void **unused)
{
	struct pci_caps caps;

	(void)unused;
	set_byte(PORT, 0x40, 0x05); /* MSI in place of PCIe; what is at 0x100 is not looked at */
	caps = look_at(PORT);
	assert_true(caps.known);
	assert_false(caps.pcie);
	assert_int_equal(caps.acs, ACS_CAPABILITY_ABSENT);
}

static void no_list_of_capabilities_needs_no_root(void **unused)
{
	(void)unused;
	set_byte(PORT, 0x06, 0);
	tree_cut_config(tree, PORT, 64);
	assert_true(look_at(PORT).known);
	assert_false(look_at(PORT).pcie);
}

static void sixty_four_bytes_are_unknown(void **unused)
{
	struct pci_caps caps;

	(void)unused;
	tree_cut_config(tree, PORT, 64);
	caps = look_at(PORT);
	assert_false(caps.known);
	assert_int_equal(caps.acs, ACS_CAPABILITY_UNKNOWN);
}

static void a_missing_extended_space_is_unknown(void **unused)
{
	struct pci_caps caps;

	(void)unused;
	tree_cut_config(tree, PORT, 256);
	caps = look_at(PORT);
	assert_true(caps.known);
	assert_int_equal(caps.type, PCIE_ROOT_PORT);
	assert_int_equal(caps.acs, ACS_CAPABILITY_UNKNOWN);
}

static void all_ones_are_unknown(void **unused)
{
	uint8_t ones[4096];

	(void)unused;
	memset(ones, 0xff, sizeof(ones));
	tree_set_config(tree, PORT, 0x100, ones, 4);
	assert_true(look_at(PORT).known);
	assert_int_equal(look_at(PORT).acs, ACS_CAPABILITY_UNKNOWN);
	tree_set_config(tree, PORT, 0, ones, sizeof(ones));
	assert_false(look_at(PORT).known);
	assert_int_equal(look_at(PORT).acs, ACS_CAPABILITY_UNKNOWN);
}

static void lists_that_go_in_circles_end(void **unused)
{
	const uint8_t circle[] = { 0x01, 0x00, 0x01, 0x10 }; /* at 0x100, the next is there too */

	(void)unused;
	tree_set_config(tree, PORT, 0x100, circle, sizeof(circle));
	assert_int_equal(look_at(PORT).acs, ACS_CAPABILITY_ABSENT);
	set_byte(PORT, 0x40, 0x05);
	set_byte(PORT, 0x41, 0x40);
	assert_false(look_at(PORT).pcie);
}

/* A truncated capability at the very end of the space is no reason to read beyond it. */
static void acs_at_the_end_of_the_space(void **unused)
{
	const uint8_t far[] = { 0x01, 0x00, 0x01, 0xff }; /* the next is at 0xff0 */
	const uint8_t farther[] = { 0x01, 0x00, 0xc1, 0xff }; /* and from there at 0xffc */
	const uint8_t acs[] = { 0x0d, 0, 1, 0 };

	(void)unused;
	tree_set_config(tree, PORT, 0x100, far, sizeof(far));
	tree_set_config(tree, PORT, 0xff0, farther, sizeof(farther));
	tree_set_config(tree, PORT, 0xffc, acs, sizeof(acs));
	assert_int_equal(look_at(PORT).acs, ACS_CAPABILITY_UNKNOWN);
}

static void functions_above_0_are_several(void **unused)
{
	(void)unused;
	assert_false(look_at(CARD).multifunction);
	tree_add_function(tree, "0000:01:00.1", 0x1002, 0xaa38, 0x040300, NULL, -1, PORT);
	set_byte("0000:01:00.1", 0x0e, 0);
	assert_true(look_at("0000:01:00.1").multifunction);
	set_byte(CARD, 0x0e, 0x80);
	assert_true(look_at(CARD).multifunction);
}

static void a_dead_function_0_with_neighbours_is_one_of_several(void **unused)
{
	uint8_t ones[64];

	(void)unused;
	memset(ones, 0xff, sizeof(ones));
	tree_set_config(tree, CARD, 0, ones, sizeof(ones));
	assert_false(look_at(CARD).multifunction);
	tree_add_function(tree, "0000:01:00.1", 0x1002, 0xaa38, 0x040300, NULL, -1, PORT);
	assert_true(look_at(CARD).multifunction);
}

static void virtual_functions_are_never_several(void **unused)
{
	const uint8_t ones[] = { 0xff, 0xff, 0xff, 0xff }; /* their ids in configuration space */
	struct pci_caps caps;

	(void)unused;
	tree_add_function(tree, "0000:01:00.2", 0x1002, 0x5159, 0x030000, NULL, -1, PORT);
	topology_set_pcie(tree, "0000:01:00.2", PCIE_ENDPOINT, NO_ACS, 0);
	tree_set_config(tree, "0000:01:00.2", 0, ones, sizeof(ones));
	tree_link(tree, "sys/devices/pci0000:00/" PORT "/0000:01:00.2/physfn",
		  "sys/devices/pci0000:00/" PORT "/" CARD);
	caps = look_at("0000:01:00.2");
	assert_true(caps.known);
	assert_true(caps.virtual_function);
	assert_false(caps.multifunction);
}

static void only_who_asks_pays(void **unused)
{
	struct error err;

	(void)unused;
	assert_ok(host_discover(tree_root(tree), 0, &host, &err), err);
	assert_null(host.caps);
}

#define a_test(function) cmocka_unit_test_setup_teardown(function, make_host, free_host)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test(a_port_with_acs),
		a_test(an_endpoint_without_acs),
		a_test(acs_behind_other_capabilities),
		a_test(the_wide_registers_of_sunrise_point),
		a_test(a_conventional_device_has_no_extended_space),
		a_test(no_list_of_capabilities_needs_no_root),
		a_test(sixty_four_bytes_are_unknown),
		a_test(a_missing_extended_space_is_unknown),
		a_test(all_ones_are_unknown),
		a_test(lists_that_go_in_circles_end),
		a_test(acs_at_the_end_of_the_space),
		a_test(functions_above_0_are_several),
		a_test(a_dead_function_0_with_neighbours_is_one_of_several),
		a_test(virtual_functions_are_never_several),
		a_test(only_who_asks_pays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
