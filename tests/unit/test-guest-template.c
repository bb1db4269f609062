/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "cmd/option.h"
#include "launch/guest-keys.h"
#include "launch/guest-template.h"
#include "support/hosts.h"
#include "support/test.h"

static void read_guest(const char *text, struct guest *ret)
{
	struct error err;

	*ret = (struct guest){ .file = xstrdup("made.conf"), .name = xstrdup("made") };
	assert_ok(config_read_text(&guest_format, "made.conf", text, strlen(text), ret, &err), err);
	assert_ok(guest_check(ret, &err), err);
}

static void every_template_becomes_a_guest_with_the_card(void **state)
{
	struct tree *tree = host_with_radeon();
	struct targets targets = { 0 };
	struct host host;

	(void)state;
	host_look(tree, &host);
	target_add(&targets, &host, "01:00");
	for (size_t i = 0; i < guest_template_count; i++) {
		_cleanup_free_ char *text = guest_template_fill(&guest_templates[i], &targets, "win");
		struct guest guest;

		read_guest(text, &guest);
		assert_int_equal(guest.hostdev_count, 2);
		assert_string_equal(guest.hostdevs[0].at.name, "gpu");
		assert_string_equal(pci_addr_text(guest.hostdevs[0].address).text, GPU);
		assert_string_equal(guest.hostdevs[1].at.name, "audio");
		assert_string_equal(pci_addr_text(guest.hostdevs[1].address).text, AUDIO);
		assert_true(guest.disk_count > 0 && guest.net_count > 0);
		assert_contains(text, "# vfioadm launch win --dry-run\n");
		assert_null(strstr(text, "01:00.0\n\n\n"));
		guest_release(&guest);
	}
	targets_release(&targets);
	host_release(&host);
	tree_free(tree);
}

static void functions_of_one_kind_have_names_of_their_own(void **state)
{
	static const struct guest_template tmpl = {
		"t", "# Title.\n# more\n\n[guest]\nmemory=1G\n\n[hostdev gpu]\naddress=09:00.0\n\n"
		     "[hostdev audio]\naddress=09:00.1\n",
	};
	struct pci_function functions[] = {
		{ .addr = { 0, 1, 0, 0 }, .class = 0x030000 }, { .addr = { 0, 1, 0, 1 }, .class = 0x040300 },
		{ .addr = { 0, 1, 0, 2 }, .class = 0x0c0330 }, { .addr = { 0, 1, 0, 3 }, .class = 0x0c8000 },
		{ .addr = { 0, 1, 0, 4 }, .class = 0x0c0330 },
	};
	struct targets targets = { 0 };
	_cleanup_free_ char *text = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		targets_add(&targets, &functions[i]);
	text = guest_template_fill(&tmpl, &targets, "g");
	assert_string_equal(text,
			    "# Title.\n# Made by vfioadm setup. Correct memory, processors, disks, "
			    "network; then try:\n# vfioadm launch g --dry-run\n\n[guest]\nmemory=1G\n\n"
			    "[hostdev gpu]\naddress=0000:01:00.0\n\n[hostdev audio]\naddress=0000:01:00.1\n\n"
			    "[hostdev usb]\naddress=0000:01:00.2\n\n[hostdev function]\naddress=0000:01:00.3\n\n"
			    "[hostdev usb4]\naddress=0000:01:00.4\n\n");
	targets_release(&targets);
}

/* What help and completion offer, and what there is. */
static void the_option_names_every_template(void **state)
{
	struct strv words = { 0 };

	(void)state;
	strv_split(&words, option_specs[OPTION_TEMPLATE].argument, "|");
	assert_int_equal(words.count, guest_template_count);
	for (size_t i = 0; i < words.count; i++)
		assert_non_null(guest_template_find(words.items[i]));
	assert_null(guest_template_find("window"));
	strv_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_template_becomes_a_guest_with_the_card),
		cmocka_unit_test(functions_of_one_kind_have_names_of_their_own),
		cmocka_unit_test(the_option_names_every_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
