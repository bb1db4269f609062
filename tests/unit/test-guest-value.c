/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/config-value.h"

static void processors(void **state)
{
	static const char *const bad[] = { "", "a", "1-", "-1", "3-1", "1,,2", "1,1", "0-2,2", "1 2",
					   "8192", "0-256", "1,", "+1", "0x1" };
	struct value_cpus cpus;

	(void)state;
	assert_int_equal(value_parse_cpus("8,2-4,0", 7, &cpus), 0);
	assert_int_equal(cpus.line, 7);
	assert_int_equal(cpus.count, 5);
	assert_memory_equal(cpus.items, ((const unsigned short[]){ 8, 2, 3, 4, 0 }), 10);
	value_release(VALUE_CPUS, &cpus);
	assert_int_equal(value_parse_cpus("0-255", 1, &cpus), 0);
	assert_int_equal(cpus.count, 256);
	value_release(VALUE_CPUS, &cpus);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (value_parse_cpus(bad[i], 1, &cpus) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

static void forwards(void **state)
{
	static const char *const bad[] = {
		"",	      "tcp",	      "tcp:22",	       "2222:22",      "icmp:1:2",
		"tcp:0:22",   "tcp:2222:0",   "tcp:65536:22",  "tcp:h:1:2",    "tcp:1:2:3:4",
		"tcp::1:22",  "tcp:[::1:1:2", "tcp:[::1]1:2",  "tcp:1.2.3:1:2", "tcp:2222:22x",
	};
	struct value_forwards list;

	(void)state;
	assert_int_equal(value_parse_forwards("tcp:2222:22, udp:0.0.0.0:53:5353 tcp:[::1]:80:8080",
					      3, &list), 0);
	assert_int_equal(list.count, 3);
	assert_false(list.items[0].udp);
	assert_string_equal(list.items[0].host, "127.0.0.1");
	assert_int_equal(list.items[0].host_port, 2222);
	assert_int_equal(list.items[0].guest_port, 22);
	assert_true(list.items[1].udp);
	assert_string_equal(list.items[1].host, "0.0.0.0");
	assert_int_equal(list.items[1].guest_port, 5353);
	assert_string_equal(list.items[2].host, "::1");
	assert_int_equal(list.items[2].host_port, 80);
	value_release(VALUE_FORWARDS, &list);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (value_parse_forwards(bad[i], 1, &list) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

/* Words that go into QEMU's arguments as they are: no comma may slip in where one would part them. */
static void words(void **state)
{
	static const struct {
		enum value_type type;
		const char *text;
		bool good;
	} cases[] = {
		{ VALUE_FLAGS, "+topoext", true },
		{ VALUE_FLAGS, "+topoext,host-phys-bits=on,-svm", true },
		{ VALUE_FLAGS, "topoext,", false },
		{ VALUE_FLAGS, ",topoext", false },
		{ VALUE_FLAGS, "a,,b", false },
		{ VALUE_FLAGS, "a b", false },
		{ VALUE_FLAGS, "", false },
		{ VALUE_VENDOR, "AuthenticGPU", true },
		{ VALUE_VENDOR, "thirteen-long", false },
		{ VALUE_VENDOR, "a,kvm=on", false },
		{ VALUE_SERIAL, "WD-123.4", true },
		{ VALUE_SERIAL, "123456789012345678901", false },
		{ VALUE_SERIAL, "a,b", false },
		{ VALUE_USB_PORT, "1-2", true },
		{ VALUE_USB_PORT, "10-2.3.4", true },
		{ VALUE_USB_PORT, "1", false },
		{ VALUE_USB_PORT, "1-", false },
		{ VALUE_USB_PORT, "1-2.", false },
		{ VALUE_USB_PORT, "1-2..3", false },
		{ VALUE_USB_PORT, "1-2,x", false },
		{ VALUE_OPTION, "-device", true },
		{ VALUE_OPTION, "device", false },
		{ VALUE_OPTION, "-", false },
		{ VALUE_OPTION, "-device x", false },
		{ VALUE_IDS, "1002:5159", true },
		{ VALUE_IDS, "1002:515", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		union {
			char *text;
			struct value_ids ids;
		} field = { 0 };
		int r = value_parse(cases[i].type, NULL, cases[i].text, 1, &field);

		if ((r == 0) != cases[i].good)
			fail_msg("\"%s\": %d", cases[i].text, r);
		value_release(cases[i].type, &field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processors),
		cmocka_unit_test(forwards),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("guest-value", tests, NULL, NULL);
}
