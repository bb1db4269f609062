/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest file is refused with a reason, or gives QEMU's arguments, in which no value of the file
 * can pass for a further option: where the dictionary's ",INJECTED" comes through, its comma is doubled.
 */
#include <string.h>

#include "fuzz.h"
#include "launch/guest-keys.h"
#include "launch/qemu-argv.h"

#define INJECTED ",INJECTED"

/* [extra] is there to hand over what it says; flags= is a list with commas, each word checked. */
static bool may_have_commas(const struct guest *guest, const struct strv *argv, size_t word)
{
	for (size_t i = 0; i < guest->extra_count; i++)
		if (guest->extras[i].value && strcmp(guest->extras[i].value, argv->items[word]) == 0)
			return true;
	return word > 0 && strcmp(argv->items[word - 1], "-cpu") == 0;
}

static void check_commas(const char *word)
{
	for (const char *at = word; (at = strstr(at, INJECTED)); at++) {
		size_t commas = 1;

		while (at - word >= (ptrdiff_t)commas && at[-(ptrdiff_t)commas] == ',')
			commas++;
		check(commas % 2 == 0);
	}
}

static void check_argv(const struct guest *guest)
{
	static const struct qemu_caps caps = { .vfio_fd = true, .run_with_user = true };
	static const struct firmware firmware = {
		.code = (char *)"/f," "INJECTED", .code_format = "raw",
	};
	const struct qemu_facts facts = { .firmware = &firmware, .caps = &caps };
	_cleanup_(strv_release) struct strv argv = { 0 };

	qemu_argv(guest, &facts, &argv);
	check(argv.count > 1);
	for (size_t i = 0; i < argv.count; i++)
		if (!may_have_commas(guest, &argv, i))
			check_commas(argv.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guest guest = { .file = xstrdup("win.conf"), .name = xstrdup("win") };
	_cleanup_free_ char *text = xcalloc(size + 1, 1);
	struct error err = { .code = 0 };

	memcpy(text, data, size);
	if (config_read_text(&guest_format, "win.conf", text, size, &guest, &err) == 0 &&
	    guest_check(&guest, &err) == 0)
		check_argv(&guest);
	else
		check(err.code != 0 && err.msg[0] != '\0');
	guest_release(&guest);
	return 0;
}
