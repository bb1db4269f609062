/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "policy/plan.h"
#include "support/transacted.h"

/* One Radeon with its audio function, to be bound. */
static void world_to_bind(struct world *w)
{
	world_on(w, host_with_radeon(), "01:00");
}

/* Two of the same kind, of which only the first is to be bound. */
static void world_to_bind_one_of_two(struct world *w)
{
	world_on(w, host_with_two_radeons(), "01:00");
}

/* The Radeon bound by a transaction, and to be given back. */
static void world_to_unbind(struct world *w)
{
	world_to_bind(w);
	assert_int_equal(run(w), TXN_DONE);
	reopen(w);
	plan_to_unbind(w);
}

/* The same, and the GPU is to be reset in between. */
static void world_to_unbind_with_reset(struct world *w)
{
	struct tree *tree = host_with_radeon();

	tree_set(tree, GPU, "reset_method", "pm\n");
	tree_set(tree, AUDIO, "reset_method", "\n");
	tree_set(tree, GPU, "reset", "");
	world_on(w, tree, "01:00");
	assert_int_equal(run(w), TXN_DONE);
	reopen(w);
	plan_to_unbind_with_reset(w);
}

static void assert_held(struct world *w, const char *addr, const char *original)
{
	const struct held *held;
	struct pci_addr key;

	assert_driver(w, addr, "vfio-pci");
	assert_override(w, addr, "vfio-pci");
	host_look_again(w->tree, &w->host);
	assert_ok(pci_addr_parse(addr, &key, NULL, &w->err), w->err);
	held = held_list_find(&w->host.held, key);
	assert_non_null(held);
	assert_string_equal(held->driver, original);
	assert_string_equal(held->override, "");
	assert_int_equal(held->since, NOW);
}

static void assert_bound(struct world *w)
{
	assert_held(w, GPU, "radeon");
	assert_held(w, AUDIO, "snd_hda_intel");
	assert_true(tree_has(w->tree, "dev/vfio/3"));
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

static void a_bind_moves_the_pair_and_nothing_else(void **unused)
{
	static const char *const expected[] = {
		"load vfio", "load vfio_iommu_type1", "load vfio-pci",
		"override " GPU " vfio-pci", "override " AUDIO " vfio-pci",
		"unbind " AUDIO " snd_hda_intel", "unbind " GPU " radeon",
		"bind " GPU " vfio-pci", "bind " AUDIO " vfio-pci", "wait dev/vfio/3",
	};
	struct world w;

	(void)unused;
	world_to_bind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_int_equal(w.kernel.log.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(w.kernel.log.items[i], expected[i]);
	assert_bound(&w);
	assert_driver(&w, SCREEN, "bochs-drm");
	assert_driver(&w, PORT, "pcieport");
	world_release(&w);
}

static void of_two_identical_cards_only_the_one_asked_for_moves(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind_one_of_two(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_bound(&w);
	assert_driver(&w, GPU2, "radeon");
	assert_driver(&w, AUDIO2, "snd_hda_intel");
	assert_override(&w, GPU2, "(null)");
	assert_false(has_record(&w, GPU2));
	assert_int_equal(fake_kernel_writes_to(&w.kernel, "0000:02:00."), 0);
	world_release(&w);
}

static void an_unbind_gives_all_back(void **unused)
{
	static const char *const expected[] = {
		"override " GPU " radeon", "override " AUDIO " snd_hda_intel",
		"unbind " GPU " vfio-pci", "unbind " AUDIO " vfio-pci",
		"bind " GPU " radeon", "bind " AUDIO " snd_hda_intel",
		"override " GPU, "override " AUDIO,
	};
	struct world w;

	(void)unused;
	world_to_unbind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_int_equal(w.kernel.log.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(w.kernel.log.items[i], expected[i]);
	assert_given_back(&w);
	assert_false(tree_has(w.tree, "dev/vfio/3"));
	world_release(&w);
}

static void a_reset_comes_when_no_driver_has_the_function(void **unused)
{
	struct world w;

	(void)unused;
	world_to_unbind_with_reset(&w);
	assert_int_equal(run(&w), TXN_DONE);
	assert_string_equal(w.kernel.log.items[3], "unbind " AUDIO " vfio-pci");
	assert_string_equal(w.kernel.log.items[4], "reset " GPU " 1");
	assert_string_equal(w.kernel.log.items[5], "bind " GPU " radeon");
	assert_given_back(&w);
	world_release(&w);
}

static void fall_off_the_bus(struct tree *tree)
{
	static const unsigned char ones[4] = { 0xff, 0xff, 0xff, 0xff };

	tree_set_config(tree, GPU, 0, ones, sizeof(ones));
}

/* The write to reset succeeds all the same; without a look, the driver's probe would fail next. */
static void a_device_that_does_not_come_back_from_its_reset_is_told(void **unused)
{
	struct world w;

	(void)unused;
	world_to_unbind_with_reset(&w);
	fake_kernel_hook(&w.kernel, 5, fall_off_the_bus);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_contains(w.err.msg, "answers as ffff:ffff, not as 1002:5159");
	assert_bound(&w);
	world_release(&w);
}

static void a_bind_and_an_unbind_leave_the_host_as_it_was(void **unused)
{
	_cleanup_free_ char *first = NULL;
	struct world w;

	(void)unused;
	world_to_bind(&w);
	first = xstrdup(w.before);
	assert_int_equal(run(&w), TXN_DONE);
	reopen(&w);
	plan_to_unbind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	free(w.before);
	w.before = TAKE_PTR(first);
	assert_as_before(&w, "bind and unbind", 0);
	world_release(&w);
}

static void a_bind_that_fails_at_any_call_is_undone(void **unused)
{
	(void)unused;
	fail_each_call(world_to_bind, FAULT_BEFORE, assert_bound);
	fail_each_call(world_to_bind_one_of_two, FAULT_BEFORE, assert_bound);
}

static void a_bind_whose_any_call_reports_a_failure_is_judged_by_the_outcome(void **unused)
{
	(void)unused;
	fail_each_call(world_to_bind, FAULT_AFTER, assert_bound);
	fail_each_call(world_to_bind_one_of_two, FAULT_AFTER, assert_bound);
}

static void an_unbind_that_fails_at_any_call_is_undone(void **unused)
{
	(void)unused;
	fail_each_call(world_to_unbind, FAULT_BEFORE, assert_given_back);
	fail_each_call(world_to_unbind, FAULT_AFTER, assert_given_back);
	fail_each_call(world_to_unbind_with_reset, FAULT_BEFORE, assert_given_back);
	fail_each_call(world_to_unbind_with_reset, FAULT_AFTER, assert_given_back);
}

static void a_journal_that_cannot_be_written_undoes_all(void **unused)
{
	(void)unused;
	fail_each_flush(world_to_bind);
	fail_each_flush(world_to_unbind);
	fail_each_flush(world_to_unbind_with_reset);
}

static void what_a_killed_bind_left_is_undone_by_recover(void **unused)
{
	(void)unused;
	kill_everywhere(world_to_bind);
	kill_at_each(world_to_bind_one_of_two, kill_after,
		     count_calls(world_to_bind_one_of_two, NULL));
}

static void what_a_killed_unbind_left_is_undone_by_recover(void **unused)
{
	(void)unused;
	kill_everywhere(world_to_unbind);
	kill_everywhere(world_to_unbind_with_reset);
}

static void a_rollback_that_is_killed_is_finished_by_recover(void **unused)
{
	(void)unused;
	kill_in_each_rollback(world_to_bind);
	kill_in_each_rollback(world_to_unbind);
	kill_in_each_rollback(world_to_unbind_with_reset);
}

static void recover_and_be_killed(struct world *w, size_t n)
{
	int status;
	pid_t pid;

	fake_kernel_close(&w->kernel);
	pid = fork();
	if (pid == 0) {
		_cleanup_free_ enum journal_mark *marks = NULL;
		struct step_list steps;

		fake_kernel_open(&w->kernel);
		kill_after(w, n);
		if (journal_read(tree_root(w->tree), &steps, &marks, &w->err) == 0)
			(void)txn_recover(&w->kernel.apply, &steps, marks, &w->remains);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), FAKE_KERNEL_KILLED);
}

static void a_recover_that_is_killed_is_finished_by_the_next(void **unused)
{
	size_t calls = count_calls(world_to_bind, NULL), undoing;
	struct world w;

	(void)unused;
	world_to_bind(&w);
	run_and_be_killed(&w, kill_after, calls);
	assert_int_equal(recover(&w), TXN_DONE);
	undoing = w.kernel.calls;
	world_release(&w);
	assert_true(undoing > 0);
	for (size_t n = 1; n <= undoing; n++) {
		world_to_bind(&w);
		run_and_be_killed(&w, kill_after, calls);
		recover_and_be_killed(&w, n);
		assert_int_equal(recover(&w), TXN_DONE);
		assert_as_before(&w, "recover killed at", n);
		world_release(&w);
	}
}

static void a_bind_is_refused_until_recover_has_run(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	run_and_be_killed(&w, kill_after, 6);
	fake_kernel_open(&w.kernel);
	assert_int_equal(run(&w), TXN_REFUSED);
	assert_int_equal(w.err.code, -EEXIST);
	assert_contains(w.err.msg, "vfioadm recover");
	assert_int_equal(w.kernel.calls, 0);
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "recover", 0);
	reopen(&w);
	assert_int_equal(run(&w), TXN_DONE);
	world_release(&w);
}

/* A failure whose rollback fails as well: what remains is named, and recover puts it back. */
static void fail_twice(void (*make)(struct world *w), size_t first, size_t second)
{
	enum txn_result result;
	struct world w;

	make(&w);
	fake_kernel_fail(&w.kernel, first, FAULT_BEFORE, EIO);
	fake_kernel_fail(&w.kernel, second, FAULT_BEFORE, EACCES);
	result = run(&w);
	assert_int_equal(result, TXN_STUCK);
	assert_int_equal(w.err.code, -EIO);
	assert_contains(w.remains.msg, w.kernel.log.items[second - 1]);
	assert_true(has_journal(&w));
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "second failure at", second);
	world_release(&w);
}

static void what_could_not_be_put_back_is_named_and_left_to_recover(void **unused)
{
	static void (*const makes[])(struct world *w) = { world_to_bind, world_to_unbind };
	size_t pairs = 0;

	(void)unused;
	for (size_t m = 0; m < ARRAY_SIZE(makes); m++) {
		size_t calls = count_calls(makes[m], NULL);

		for (size_t first = 1; first <= calls; first++) {
			size_t last = calls_of_a_run_that_fails_at(makes[m], first);

			for (size_t second = first + 1; second <= last; second++, pairs++)
				fail_twice(makes[m], first, second);
		}
	}
	assert_true(pairs > 0);
}

static void a_plan_that_is_empty_writes_nothing(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	assert_int_equal(run(&w), TXN_DONE);
	reopen(&w);
	plan_to_bind(&w);
	assert_int_equal(w.plan.count, 0);
	assert_int_equal(run(&w), TXN_DONE);
	assert_int_equal(w.kernel.calls, 0);
	assert_int_equal(flush.count, 0);
	assert_as_before(&w, "second bind", 0);
	world_release(&w);
}

/* What another vfioadm did between this one's look and its turn at the lock. */
static void what_another_bound_in_the_meantime_stays_its_own(void **unused)
{
	struct step_list late;
	struct world w;

	(void)unused;
	world_to_bind(&w);
	late = w.plan;
	w.plan = (struct step_list){ 0 };
	assert_ok(plan_bind(&w.host, &w.targets, false, NOW + 5, &w.plan, &w.err), w.err);
	assert_int_equal(txn_run(&w.kernel.apply, &late, &w.err, &w.remains), TXN_DONE);
	step_list_release(&late);
	free(w.before);
	w.before = snapshot(w.tree);
	reopen(&w);
	assert_int_not_equal(run(&w), TXN_STUCK);
	assert_as_before(&w, "late bind", 0);
	assert_bound(&w);
	world_release(&w);
}

static void bind_audio_to_another_driver(struct tree *tree)
{
	tree_unbind(tree, AUDIO);
	tree_bind(tree, AUDIO, "snd-other");
}

/* Another vfioadm has recorded the card at the look, and is undoing its bind. */
static void a_record_that_is_gone_again_stops_a_bind(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_write(tree, "run/vfioadm/held/" GPU,
		   "address=" GPU "\nids=1002:5159\nsince=1\ndriver=radeon\nmodule=radeon\noverride=\n");
	world_on(&w, tree, "01:00");
	tree_remove(w.tree, "run/vfioadm/held/" GPU);
	free(w.before);
	w.before = snapshot(w.tree);
	assert_int_not_equal(run(&w), TXN_DONE);
	assert_int_equal(w.err.code, -ESTALE);
	assert_contains(w.err.msg, "another vfioadm has given it back");
	assert_as_before(&w, "a lost record", 0);
	world_release(&w);
}

static void a_driver_that_changed_since_the_look_is_not_unbound(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	bind_audio_to_another_driver(w.tree);
	free(w.before);
	w.before = snapshot(w.tree);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -ESTALE);
	assert_contains(w.err.msg, AUDIO);
	assert_contains(w.err.msg, "snd-other");
	assert_as_before(&w, "stale", 0);
	world_release(&w);
}

static void a_driver_that_changes_in_the_middle_is_not_unbound(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hook(&w.kernel, 5, bind_audio_to_another_driver);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -ESTALE);
	assert_driver(&w, GPU, "radeon");
	assert_override(&w, GPU, "(null)");
	assert_driver(&w, AUDIO, "snd-other");
	assert_override(&w, AUDIO, "(null)");
	assert_false(has_record(&w, GPU));
	assert_false(has_record(&w, AUDIO));
	world_release(&w);
}

static void rebind_gpu_to_radeon(struct tree *tree)
{
	tree_bind(tree, GPU, "radeon");
}

static void a_driver_that_takes_its_device_back_fails_the_bind(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hook(&w.kernel, 8, rebind_gpu_to_radeon);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -EBUSY);
	assert_as_before(&w, "taken back", 0);
	world_release(&w);
}

static void bind_gpu_to_another_driver(struct tree *tree)
{
	tree_bind(tree, GPU, "gpu-other");
}

static void another_driver_that_takes_the_device_in_the_gap_is_named(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hook(&w.kernel, 8, bind_gpu_to_another_driver);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_contains(w.remains.msg, GPU);
	assert_contains(w.remains.msg, "gpu-other");
	assert_driver(&w, AUDIO, "snd_hda_intel");
	assert_override(&w, AUDIO, "(null)");
	assert_true(has_journal(&w));
	world_release(&w);
}

static void clear_audio_override(struct tree *tree)
{
	tree_set(tree, AUDIO, "driver_override", "(null)");
}

/* vfio-pci matches nothing without an override: ENODEV. */
static void an_override_that_is_cleared_in_the_middle_undoes_all(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hook(&w.kernel, 9, clear_audio_override);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -ENODEV);
	assert_as_before(&w, "cleared", 0);
	world_release(&w);
}

static void unplug_gpu(struct tree *tree)
{
	tree_remove_function(tree, GPU);
}

static void of_a_device_that_vanishes_the_rest_is_put_back(void **unused)
{
	struct world w;

	(void)unused;
	for (size_t n = 4; n <= 8; n++) {
		world_to_bind(&w);
		fake_kernel_hook(&w.kernel, n, unplug_gpu);
		assert_int_equal(run(&w), TXN_UNDONE);
		assert_contains(w.err.msg, GPU);
		assert_driver(&w, AUDIO, "snd_hda_intel");
		assert_override(&w, AUDIO, "(null)");
		assert_false(has_record(&w, AUDIO));
		assert_false(has_record(&w, GPU));
		assert_nothing_to_recover(&w);
		world_release(&w);
	}
}

/* Registering vfio-pci probes a driverless function whose override names it already. */
static void what_loading_the_module_bound_by_itself_is_bound(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_unbind(tree, GPU);
	tree_set(tree, GPU, "driver_override", "vfio-pci");
	world_on(&w, tree, "01:00");
	assert_int_equal(run(&w), TXN_DONE);
	assert_driver(&w, GPU, "vfio-pci");
	assert_driver(&w, AUDIO, "vfio-pci");
	world_release(&w);
}

/* A module stays, and with it what it bound for an override that somebody else had written. */
static void what_loading_the_module_bound_by_itself_stays_bound(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_unbind(tree, GPU);
	tree_set(tree, GPU, "driver_override", "vfio-pci");
	world_on(&w, tree, "01:00");
	fake_kernel_fail(&w.kernel, 4, FAULT_BEFORE, EIO);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_driver(&w, GPU, "vfio-pci");
	assert_override(&w, GPU, "vfio-pci");
	assert_false(has_record(&w, GPU));
	assert_driver(&w, AUDIO, "snd_hda_intel");
	assert_override(&w, AUDIO, "(null)");
	world_release(&w);
}

static void a_node_that_does_not_come_undoes_all(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_fail(&w.kernel, 10, FAULT_BEFORE, ETIMEDOUT);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -ETIMEDOUT);
	assert_as_before(&w, "no node", 0);
	world_release(&w);
}

/* A write that did not return: this device is left alone, the other one is put back. */
static void time_out_at(void (*make)(struct world *w), size_t n)
{
	const char *stuck;
	size_t before_it;
	struct world w;

	make(&w);
	fake_kernel_fail(&w.kernel, n, FAULT_BEFORE, ETIMEDOUT);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_int_equal(w.err.code, -ETIMEDOUT);
	stuck = strstr(w.kernel.log.items[n - 1], GPU) ? GPU : AUDIO;
	assert_contains(w.remains.msg, stuck);
	assert_null(strstr(w.remains.msg, strcmp(stuck, GPU) == 0 ? AUDIO : GPU));
	before_it = 0;
	for (size_t i = 0; i < n; i++)
		before_it += strstr(w.kernel.log.items[i], stuck) != NULL;
	assert_int_equal(fake_kernel_writes_to(&w.kernel, stuck), before_it);
	assert_false(tree_fifo_was_read(w.tree, stuck, "driver_override"));
	assert_true(has_journal(&w));
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "timed out at", n);
	world_release(&w);
}

static void a_device_whose_write_does_not_return_is_not_touched_again(void **unused)
{
	(void)unused;
	for (size_t n = 4; n <= 9; n++)
		time_out_at(world_to_bind, n);
	for (size_t n = 1; n <= 8; n++)
		time_out_at(world_to_unbind, n);
}

/* The write returned after all, when nobody waited for it any more. */
static void recover_copes_with_a_write_that_returned_late(void **unused)
{
	struct world w;

	(void)unused;
	for (size_t n = 4; n <= 9; n++) {
		world_to_bind(&w);
		fake_kernel_fail(&w.kernel, n, FAULT_AFTER, ETIMEDOUT);
		assert_int_equal(run(&w), TXN_STUCK);
		assert_int_equal(recover(&w), TXN_DONE);
		assert_as_before(&w, "returned late at", n);
		world_release(&w);
	}
}

static void the_other_device_is_put_back_when_one_is_stuck(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	fake_kernel_hang(&w.kernel, GPU);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_int_equal(fake_kernel_writes_to(&w.kernel, GPU), 1);
	assert_false(tree_fifo_was_read(w.tree, GPU, "driver_override"));
	assert_driver(&w, AUDIO, "snd_hda_intel");
	assert_override(&w, AUDIO, "(null)");
	assert_false(has_record(&w, AUDIO));
	world_release(&w);
}


static struct fake_kernel *hanging_kernel;

static void hang_both(struct tree *tree)
{
	(void)tree;
	fake_kernel_hang(hanging_kernel, GPU);
	fake_kernel_hang(hanging_kernel, AUDIO);
}

/* The unbind of the first hangs, and so does what is to undo the second. */
static void two_devices_that_are_stuck_are_both_not_touched_again(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	hanging_kernel = &w.kernel;
	fake_kernel_hook(&w.kernel, 5, hang_both);
	assert_int_equal(run(&w), TXN_STUCK);
	assert_contains(w.remains.msg, GPU);
	assert_contains(w.remains.msg, AUDIO);
	/* One override each, then the unbind and the undoing that hung. */
	assert_int_equal(fake_kernel_writes_to(&w.kernel, GPU), 2);
	assert_int_equal(fake_kernel_writes_to(&w.kernel, AUDIO), 2);
	assert_false(tree_fifo_was_read(w.tree, GPU, "driver_override"));
	assert_false(tree_fifo_was_read(w.tree, AUDIO, "driver_override"));
	world_release(&w);
}

/* Another process's change hangs and holds the lock: not even the check returns. */
static void a_device_that_is_locked_already_is_given_up(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	host_load_vfio(tree);
	world_on(&w, tree, "01:00");
	tree_unset(w.tree, AUDIO, "driver_override");
	tree_set_fifo(w.tree, AUDIO, "driver_override");
	/* Time enough for the reads before that one, and all of it is spent on that one. */
	w.kernel.apply.timeout_ms = 2000;
	assert_int_not_equal(run(&w), TXN_DONE);
	assert_int_equal(w.err.code, -ETIMEDOUT);
	assert_contains(w.err.msg, AUDIO);
	assert_int_equal(fake_kernel_writes_to(&w.kernel, AUDIO), 0);
	assert_true(tree_fifo_was_read(w.tree, AUDIO, "driver_override"));
	assert_driver(&w, GPU, "radeon");
	assert_override(&w, GPU, "(null)");
	assert_false(has_record(&w, GPU));
	world_release(&w);
}

static void a_recover_that_hangs_leaves_the_journal_for_the_next(void **unused)
{
	struct world w;

	(void)unused;
	world_to_bind(&w);
	run_and_be_killed(&w, kill_after, 10);
	{
		_cleanup_free_ enum journal_mark *marks = NULL;
		struct step_list steps;

		fake_kernel_open(&w.kernel);
		fake_kernel_hang(&w.kernel, AUDIO);
		assert_ok(journal_read(tree_root(w.tree), &steps, &marks, &w.err), w.err);
		assert_int_equal(txn_recover(&w.kernel.apply, &steps, marks, &w.remains),
				 TXN_STUCK);
		step_list_release(&steps);
	}
	assert_contains(w.remains.msg, AUDIO);
	assert_int_equal(fake_kernel_writes_to(&w.kernel, AUDIO), 1);
	assert_driver(&w, GPU, "radeon");
	assert_true(has_journal(&w));
	assert_int_equal(recover(&w), TXN_DONE);
	assert_as_before(&w, "second recover", 0);
	world_release(&w);
}

static void an_override_that_was_there_before_comes_back(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_set(tree, GPU, "driver_override", "radeon");
	world_on(&w, tree, "01:00");
	fake_kernel_fail(&w.kernel, 10, FAULT_BEFORE, EIO);
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_override(&w, GPU, "radeon");
	assert_as_before(&w, "override", 0);
	world_release(&w);
}

static void a_function_without_a_group_is_refused_by_vfio_and_put_back(void **unused)
{
	struct tree *tree = host_with_radeon();
	struct world w;

	(void)unused;
	tree_unset(tree, AUDIO, "iommu_group");
	world_on(&w, tree, "01:00");
	assert_int_equal(run(&w), TXN_UNDONE);
	assert_int_equal(w.err.code, -EINVAL);
	assert_as_before(&w, "no group", 0);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bind_moves_the_pair_and_nothing_else),
		cmocka_unit_test(of_two_identical_cards_only_the_one_asked_for_moves),
		cmocka_unit_test(an_unbind_gives_all_back),
		cmocka_unit_test(a_reset_comes_when_no_driver_has_the_function),
		cmocka_unit_test(a_device_that_does_not_come_back_from_its_reset_is_told),
		cmocka_unit_test(a_bind_and_an_unbind_leave_the_host_as_it_was),
		cmocka_unit_test(a_bind_that_fails_at_any_call_is_undone),
		cmocka_unit_test(a_bind_whose_any_call_reports_a_failure_is_judged_by_the_outcome),
		cmocka_unit_test(an_unbind_that_fails_at_any_call_is_undone),
		cmocka_unit_test(a_journal_that_cannot_be_written_undoes_all),
		cmocka_unit_test(what_a_killed_bind_left_is_undone_by_recover),
		cmocka_unit_test(what_a_killed_unbind_left_is_undone_by_recover),
		cmocka_unit_test(a_rollback_that_is_killed_is_finished_by_recover),
		cmocka_unit_test(a_recover_that_is_killed_is_finished_by_the_next),
		cmocka_unit_test(a_bind_is_refused_until_recover_has_run),
		cmocka_unit_test(what_could_not_be_put_back_is_named_and_left_to_recover),
		cmocka_unit_test(a_plan_that_is_empty_writes_nothing),
		cmocka_unit_test(what_another_bound_in_the_meantime_stays_its_own),
		cmocka_unit_test(a_record_that_is_gone_again_stops_a_bind),
		cmocka_unit_test(a_driver_that_changed_since_the_look_is_not_unbound),
		cmocka_unit_test(a_driver_that_changes_in_the_middle_is_not_unbound),
		cmocka_unit_test(a_driver_that_takes_its_device_back_fails_the_bind),
		cmocka_unit_test(another_driver_that_takes_the_device_in_the_gap_is_named),
		cmocka_unit_test(an_override_that_is_cleared_in_the_middle_undoes_all),
		cmocka_unit_test(of_a_device_that_vanishes_the_rest_is_put_back),
		cmocka_unit_test(what_loading_the_module_bound_by_itself_is_bound),
		cmocka_unit_test(what_loading_the_module_bound_by_itself_stays_bound),
		cmocka_unit_test(a_node_that_does_not_come_undoes_all),
		cmocka_unit_test(a_device_whose_write_does_not_return_is_not_touched_again),
		cmocka_unit_test(recover_copes_with_a_write_that_returned_late),
		cmocka_unit_test(the_other_device_is_put_back_when_one_is_stuck),
		cmocka_unit_test(two_devices_that_are_stuck_are_both_not_touched_again),
		cmocka_unit_test(a_device_that_is_locked_already_is_given_up),
		cmocka_unit_test(a_recover_that_hangs_leaves_the_journal_for_the_next),
		cmocka_unit_test(an_override_that_was_there_before_comes_back),
		cmocka_unit_test(a_function_without_a_group_is_refused_by_vfio_and_put_back),
	};

	/* Whoever touches a device that is locked would wait without end. */
	alarm(300);
	return cmocka_run_group_tests_name("txn", tests, NULL, NULL);
}
