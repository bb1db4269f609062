/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records in /run/vfioadm of held devices and running guests: damaged, or they say the same when
 * they are written and read again.
 */
#include <string.h>

#include "fuzz.h"
#include "host/held.h"
#include "host/running.h"

static void check_held(const char *text)
{
	char printed[HELD_TEXT_MAX], again[HELD_TEXT_MAX];
	struct held held;
	struct error err;

	if (held_parse("0000:01:00.0", text, &held, &err) < 0) {
		check(err.msg[0] != '\0');
		return;
	}
	held_format(&held, printed);
	check(held_parse("0000:01:00.0", printed, &held, &err) == 0);
	held_format(&held, again);
	check(strcmp(printed, again) == 0);
}

static void check_running(char *text)
{
	struct running_guest guest = { 0 }, read_again = { 0 };
	_cleanup_free_ char *printed = NULL, *copy = NULL, *again = NULL;

	if (running_guest_parse(text, &guest) == 0) {
		check(guest.supervisor.pid > 0);
		printed = running_guest_format(&guest);
		copy = xstrdup(printed);
		check(running_guest_parse(copy, &read_again) == 0);
		again = running_guest_format(&read_again);
		check(strcmp(printed, again) == 0);
	}
	running_guest_release(&guest);
	running_guest_release(&read_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_held(text);
	check_running(text);
	return 0;
}
