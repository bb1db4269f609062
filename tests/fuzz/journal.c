/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A journal that was left is damaged, or gives steps that can be described, and a mark for each. */
#include <string.h>

#include "apply/journal.h"
#include "fuzz.h"

static bool is_ended(const char *field, size_t size)
{
	return memchr(field, '\0', size);
}

static void check_step(const struct step *step)
{
	char text[1024];

	check(step->kind >= 0 && step->kind < STEP_KIND_MAX);
	check(is_ended(step->subject, sizeof(step->subject)));
	check(is_ended(step->from, sizeof(step->from)) && is_ended(step->to, sizeof(step->to)));
	check(is_ended(step->held.driver, sizeof(step->held.driver)));
	check(is_ended(step->held.claim, sizeof(step->held.claim)));
	check(pci_addr_compare(step->addr, step->held.addr) == 0);
	step_describe(step, text, sizeof(text));
	check(is_ended(text, sizeof(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = xcalloc(size + 1, 1);
	_cleanup_free_ enum journal_mark *marks = NULL;
	struct step_list steps = { 0 };

	memcpy(text, data, size);
	if (journal_parse(text, size, &steps, &marks) < 0) {
		check(!steps.items && !marks);
		return 0;
	}
	check(steps.count > 0);
	for (size_t i = 0; i < steps.count; i++) {
		check(marks[i] < MARK_MAX);
		check_step(&steps.items[i]);
	}
	step_list_release(&steps);
	return 0;
}
