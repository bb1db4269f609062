/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions of claims: devices that are kept from every driver, and let go to the kernel's choice. */
#include <errno.h>

#include "support/transacted.h"

/* At early boot: the kernel has drivers for them, but none is there yet. A claim keeps them. */
static void world_to_keep(struct world *w)
{
	world_on(w, host_with_radeon(), "01:00");
	tree_unbind(w->tree, GPU);
	tree_unbind(w->tree, AUDIO);
	plan_to_keep(w, "card");
}

/* Kept, then bound: unbind leaves them to the kernel's choice. */
static void world_to_let_go(struct world *w)
{
	world_to_keep(w);
	assert_int_equal(run(w), TXN_DONE);
	reopen(w);
	plan_to_bind(w);
	assert_int_equal(run(w), TXN_DONE);
	reopen(w);
	plan_to_unbind(w);
}

static void assert_kept(struct world *w)
{
	assert_driver(w, GPU, "none");
	assert_driver(w, AUDIO, "none");
	assert_override(w, GPU, "vfio-pci");
	assert_override(w, AUDIO, "vfio-pci");
	assert_false(has_journal(w));
}

static void assert_given_back(struct world *w)
{
	assert_driver(w, GPU, "radeon");
	assert_driver(w, AUDIO, "snd_hda_intel");
	assert_override(w, GPU, "(null)");
	assert_override(w, AUDIO, "(null)");
	assert_false(has_record(w, GPU));
	assert_false(has_record(w, AUDIO));
	assert_false(has_journal(w));
}

static void what_a_claim_keeps_has_an_override_and_no_driver(void **unused)
{
	static const char *const expected[] = {
		"override " GPU " vfio-pci", "override " AUDIO " vfio-pci",
	};
	struct world w;

	(void)unused;
	world_to_keep(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_int_equal(w.kernel.log.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(w.kernel.log.items[i], expected[i]);
	assert_driver(&w, GPU, "none");
	/* radeon comes, and must not have it. */
	assert_int_equal(fake_kernel_bind(&w.kernel, GPU, "radeon"), -ENODEV);
	host_look_again(w.tree, &w.host);
	assert_int_equal(w.host.held.count, 2);
	assert_string_equal(w.host.held.items[0].claim, "card");
	assert_string_equal(w.host.held.items[0].driver, "");
	world_release(&w);
}

static void a_claim_that_fails_or_is_killed_at_any_call_is_undone(void **unused)
{
	(void)unused;
	fail_each_call(world_to_keep, FAULT_BEFORE, assert_kept);
	fail_each_call(world_to_keep, FAULT_AFTER, assert_kept);
	fail_each_flush(world_to_keep);
	kill_everywhere(world_to_keep);
}

static void what_was_claimed_without_a_driver_goes_to_whom_the_kernel_chooses(void **unused)
{
	struct world w;

	(void)unused;
	world_to_let_go(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_given_back(&w);
	world_release(&w);
}

static void letting_go_that_is_killed_at_any_call_is_undone(void **unused)
{
	(void)unused;
	assert_int_equal(count_calls(world_to_let_go, NULL), 6);
	kill_everywhere(world_to_let_go);
	fail_each_flush(world_to_let_go);
}

static void a_driver_that_refuses_what_is_let_go_is_no_failure(void **unused)
{
	struct world w;

	(void)unused;
	world_to_let_go(&w);
	fake_kernel_fail(&w.kernel, 5, FAULT_BEFORE, EINVAL);
	assert_int_equal(run(&w), TXN_DONE);
	assert_driver(&w, GPU, "none");
	assert_driver(&w, AUDIO, "snd_hda_intel");
	assert_false(has_record(&w, GPU));
	world_release(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_claim_keeps_has_an_override_and_no_driver),
		cmocka_unit_test(a_claim_that_fails_or_is_killed_at_any_call_is_undone),
		cmocka_unit_test(what_was_claimed_without_a_driver_goes_to_whom_the_kernel_chooses),
		cmocka_unit_test(letting_go_that_is_killed_at_any_call_is_undone),
		cmocka_unit_test(a_driver_that_refuses_what_is_let_go_is_no_failure),
	};

	return cmocka_run_group_tests_name("txn-claim", tests, NULL, NULL);
}
