/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/acs.h"
#include "support/test.h"

static const struct acs_rules off = { .controls_count = false };
static const struct acs_rules on = { .controls_count = true };
static const struct acs_rules amd = { .controls_count = true, .has_ivrs = true };

static struct pci_function made(uint16_t vendor, uint16_t device)
{
	return (struct pci_function){ .vendor = vendor, .device = device, .iommu_group = -1 };
}

static struct pci_caps pcie(enum pcie_type type, bool multifunction)
{
	return (struct pci_caps){ .known = true, .pcie = true, .type = type,
				  .acs = ACS_CAPABILITY_ABSENT, .multifunction = multifunction };
}

static const struct pci_caps conventional = { .known = true, .acs = ACS_CAPABILITY_ABSENT,
					      .multifunction = true };

static enum acs_verdict judge(const struct acs_rules *rules, uint16_t vendor, uint16_t device,
			      struct pci_caps caps, bool root_bus)
{
	const struct pci_function f = made(vendor, device);

	return acs_judge(rules, &f, &caps, root_bus);
}

/* Of a maker that the kernel's table does not have. */
static enum acs_verdict judge_type(enum pcie_type type, bool multifunction)
{
	return judge(&off, 0x10de, 0x1234, pcie(type, multifunction), false);
}

static void each_type_without_acs(void **unused)
{
	(void)unused;
	assert_int_equal(judge_type(PCIE_ENDPOINT, false), ACS_ISOLATES);
	assert_int_equal(judge_type(PCIE_LEGACY_ENDPOINT, false), ACS_ISOLATES);
	assert_int_equal(judge_type(PCIE_UPSTREAM_PORT, false), ACS_ISOLATES);
	assert_int_equal(judge_type(PCIE_RC_ENDPOINT, false), ACS_ISOLATES);
	assert_int_equal(judge_type(PCIE_ENDPOINT, true), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_LEGACY_ENDPOINT, true), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_UPSTREAM_PORT, true), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_RC_ENDPOINT, true), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_ROOT_PORT, false), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_DOWNSTREAM_PORT, false), ACS_NO_CAPABILITY);
	assert_int_equal(judge_type(PCIE_TO_PCI_BRIDGE, false), ACS_CONVENTIONAL);
	assert_int_equal(judge_type(PCI_TO_PCIE_BRIDGE, false), ACS_CONVENTIONAL);
	assert_int_equal(judge_type(PCIE_RC_EVENT_COLLECTOR, false), ACS_CONVENTIONAL);
	assert_int_equal(judge_type(0xf, true), ACS_ISOLATES);
	assert_int_equal(judge(&off, 0x10de, 0x1234, conventional, true), ACS_CONVENTIONAL);
}

static void what_the_capability_lacks_counts_as_on(void **unused)
{
	struct pci_caps port = pcie(PCIE_ROOT_PORT, false);

	(void)unused;
	port.acs = ACS_CAPABILITY_PRESENT;
	port.acs_bits = 0x5f;
	assert_int_equal(judge(&off, 0x10de, 1, port, true), ACS_ISOLATES);
	assert_int_equal(judge(&on, 0x10de, 1, port, true), ACS_DISABLED);
	port.acs_control = 0x1d;
	assert_int_equal(judge(&on, 0x10de, 1, port, true), ACS_ISOLATES);
	port.acs_bits = 0x13;
	port.acs_control = 0x11;
	assert_int_equal(judge(&on, 0x10de, 1, port, true), ACS_ISOLATES);
	port.acs_bits = 0;
	port.acs_control = 0;
	assert_int_equal(judge(&on, 0x10de, 1, port, true), ACS_ISOLATES);
	port.acs = ACS_CAPABILITY_UNKNOWN;
	assert_int_equal(judge(&on, 0x10de, 1, port, true), ACS_UNKNOWN);
}

static void idt_switches_have_no_source_validation(void **unused)
{
	struct pci_caps port = pcie(PCIE_DOWNSTREAM_PORT, false);

	(void)unused;
	port.acs = ACS_CAPABILITY_PRESENT;
	port.acs_bits = 0x1f;
	port.acs_control = 0x1c;
	assert_int_equal(judge(&on, 0x111d, 0x80b5, port, false), ACS_ISOLATES);
	assert_int_equal(judge(&on, 0x111d, 0x8000, port, false), ACS_DISABLED);
}

static void amd_south_bridges(void **unused)
{
	struct pci_caps single = conventional;

	(void)unused;
	single.multifunction = false;
	assert_int_equal(judge(&amd, 0x1002, 0x4385, conventional, true), ACS_VOUCHED);
	assert_int_equal(judge(&amd, 0x1022, 0x780f, conventional, true), ACS_VOUCHED);
	assert_int_equal(judge(&amd, 0x1022, 0x780b, conventional, true), ACS_CONVENTIONAL);
	assert_int_equal(judge(&on, 0x1002, 0x4385, conventional, true), ACS_CONVENTIONAL);
	assert_int_equal(judge(&amd, 0x1002, 0x4385, conventional, false), ACS_CONVENTIONAL);
	assert_int_equal(judge(&amd, 0x1002, 0x4385, single, true), ACS_CONVENTIONAL);
}

static void intel(void **unused)
{
	struct pci_caps pch = pcie(PCIE_ROOT_PORT, true);

	(void)unused;
	assert_int_equal(judge(&on, 0x8086, 0x51f0, pcie(PCIE_RC_ENDPOINT, true), true),
			 ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x8086, 0x51f0, pcie(PCIE_ENDPOINT, true), true),
			 ACS_NO_CAPABILITY);
	/* PCH root ports, the first and the last of a range, and what is between ranges */
	assert_int_equal(judge(&on, 0x8086, 0x8c10, pcie(PCIE_ROOT_PORT, true), true), ACS_ASSUMED);
	assert_int_equal(judge(&on, 0x8086, 0x8c1f, pcie(PCIE_ROOT_PORT, true), true), ACS_ASSUMED);
	pch.window = CHIPSET_WINDOW_OPEN;
	assert_int_equal(judge(&on, 0x8086, 0x8c10, pch, true), ACS_VOUCHED);
	pch.window = CHIPSET_WINDOW_CLOSED;
	assert_int_equal(judge(&on, 0x8086, 0x8c10, pch, true), ACS_DENIED);
	assert_int_equal(judge(&on, 0x8086, 0x8c91, pcie(PCIE_ROOT_PORT, true), true),
			 ACS_NO_CAPABILITY);
	assert_int_equal(judge(&on, 0x8086, 0x1901, pcie(PCIE_ROOT_PORT, true), true),
			 ACS_NO_CAPABILITY);
	/* network controllers that Intel vouches for */
	assert_int_equal(judge(&on, 0x8086, 0x1521, pcie(PCIE_ENDPOINT, true), false), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x8086, 0x1533, pcie(PCIE_ENDPOINT, true), false),
			 ACS_NO_CAPABILITY);
}

static void other_makers(void **unused)
{
	(void)unused;
	assert_int_equal(judge(&on, 0x0014, 0x3c19, pcie(PCIE_ROOT_PORT, false), true), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x0014, 0x3c09, pcie(PCIE_UPSTREAM_PORT, false), true),
			 ACS_ISOLATES);
	assert_int_equal(judge(&on, 0x17cb, 0x0400, pcie(PCIE_ROOT_PORT, false), true), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x177d, 0xa456, pcie(PCIE_ROOT_PORT, false), true), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x177d, 0xa456, pcie(PCIE_ENDPOINT, true), true),
			 ACS_NO_CAPABILITY);
	assert_int_equal(judge(&on, 0x177d, 0xa05a, pcie(PCIE_ENDPOINT, true), true),
			 ACS_NO_CAPABILITY);
	assert_int_equal(judge(&on, 0x1d17, 0x0721, pcie(PCIE_ROOT_PORT, false), true), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x1d17, 0x0722, pcie(PCIE_ROOT_PORT, false), true), ACS_DENIED);
	assert_int_equal(judge(&on, 0x1d17, 0x0722, pcie(PCIE_ENDPOINT, false), true), ACS_ISOLATES);
	assert_int_equal(judge(&on, 0x8088, 0x1001, pcie(PCIE_ENDPOINT, true), false), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x8088, 0x1002, pcie(PCIE_ENDPOINT, false), false), ACS_DENIED);
}

/* A quirk that goes by ids alone holds for a function that cannot be read, others may or may not. */
static void unreadable_functions(void **unused)
{
	const struct pci_caps unread = { .known = false, .multifunction = true };

	(void)unused;
	assert_int_equal(judge(&on, 0x8086, 0x1521, unread, false), ACS_VOUCHED);
	assert_int_equal(judge(&on, 0x8086, 0x1533, unread, false), ACS_UNKNOWN);
	assert_int_equal(judge(&on, 0x10de, 0x1533, unread, false), ACS_UNKNOWN);
	assert_int_equal(judge(&amd, 0x1022, 0x7809, unread, true), ACS_VOUCHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_without_acs),
		cmocka_unit_test(what_the_capability_lacks_counts_as_on),
		cmocka_unit_test(idt_switches_have_no_source_validation),
		cmocka_unit_test(amd_south_bridges),
		cmocka_unit_test(intel),
		cmocka_unit_test(other_makers),
		cmocka_unit_test(unreadable_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
