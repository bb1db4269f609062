/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/journal.h"
#include "base/alloc.h"
#include "support/test.h"
#include "support/tree.h"

#define JOURNAL "run/vfioadm/journal"
#define KILLED	99

/* In place of libc's: the process can be killed in its nth write, with half of it done. */
static size_t writes, kill_at;

ssize_t write(int fd, const void *data, size_t len)
{
	if (++writes != kill_at)
		return syscall(SYS_write, fd, data, len);
	(void)!syscall(SYS_write, fd, data, len / 2);
	_exit(KILLED);
}

static struct tree *tree;
static struct state state = STATE_CLOSED;
static struct error err;

static int open_state(void **unused)
{
	(void)unused;
	tree = tree_new();
	return state_open(tree_root(tree), "test", &state, &err);
}

static int close_state(void **unused)
{
	(void)unused;
	state_close(&state);
	tree_free(tree);
	return 0;
}

static struct step some_steps[] = {
	{ .kind = STEP_LOAD_MODULE, .subject = "vfio-pci", .from = "not loaded", .to = "loaded",
	  .despite_blacklist = true },
	{ .kind = STEP_RECORD, .subject = "0000:01:00.0", .to = "held", .addr = { 0, 1, 0, 0 },
	  .held = { .addr = { 0, 1, 0, 0 }, .vendor = 0x1002, .device = 0x5159, .driver = "radeon",
		    .module = "radeon_mod", .override = "old one", .since = 1700000000,
		    .framebuffer = "efi-framebuffer.0", .framebuffer_driver = "efi-framebuffer",
		    .console = "vtcon1" } },
	{ .kind = STEP_OVERRIDE, .subject = "10000:e1:1f.7", .from = "old one", .to = "vfio-pci",
	  .addr = { 0x10000, 0xe1, 0x1f, 7 } },
	{ .kind = STEP_WAIT_NODE, .subject = "dev/vfio/3", .to = "ready" },
	{ .kind = STEP_RELEASE_FRAMEBUFFER, .subject = "efi-framebuffer.0",
	  .from = "efi-framebuffer", .addr = { 0, 1, 0, 0 } },
};

static const struct step_list steps = { some_steps, ARRAY_SIZE(some_steps) };

/* What was left, to be released by the caller. */
struct left {
	struct step_list steps;
	enum journal_mark *marks;
};

static void left_release(struct left *left)
{
	step_list_release(&left->steps);
	free(left->marks);
}

static int read_left(struct left *left)
{
	return journal_read(tree_root(tree), &left->steps, &left->marks, &err);
}

static void begin(struct journal *journal)
{
	assert_ok(journal_begin(&state, &steps, journal, &err), err);
}

static void assert_same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_string_equal(a->subject, b->subject);
	assert_string_equal(a->from, b->from);
	assert_string_equal(a->to, b->to);
	assert_int_equal(a->despite_blacklist, b->despite_blacklist);
	assert_int_equal(pci_addr_compare(a->addr, b->addr), 0);
	assert_string_equal(a->held.driver, b->held.driver);
	assert_string_equal(a->held.module, b->held.module);
	assert_string_equal(a->held.override, b->held.override);
	assert_int_equal(a->held.vendor, b->held.vendor);
	assert_int_equal(a->held.device, b->held.device);
	assert_int_equal(a->held.since, b->held.since);
	assert_string_equal(a->held.framebuffer, b->held.framebuffer);
	assert_string_equal(a->held.framebuffer_driver, b->held.framebuffer_driver);
	assert_string_equal(a->held.console, b->held.console);
}

static void the_steps_are_read_as_they_were_written(void **unused)
{
	struct journal journal;
	struct left left;

	(void)unused;
	begin(&journal);
	journal_abandon(&journal);
	assert_ok(read_left(&left), err);
	assert_int_equal(left.steps.count, steps.count);
	for (size_t i = 0; i < steps.count; i++) {
		assert_same_step(&left.steps.items[i], &steps.items[i]);
		assert_int_equal(left.marks[i], MARK_PLANNED);
	}
	assert_int_equal(pci_addr_compare(left.steps.items[1].held.addr, some_steps[1].addr), 0);
	left_release(&left);
}

static void the_last_mark_of_a_step_counts(void **unused)
{
	struct journal journal;
	struct left left;

	(void)unused;
	begin(&journal);
	for (size_t i = 0; i < 3; i++)
		assert_ok(journal_mark(&journal, i, MARK_BEGUN, &err), err);
	assert_ok(journal_mark(&journal, 1, MARK_DONE, &err), err);
	assert_ok(journal_mark(&journal, 2, MARK_DONE, &err), err);
	assert_ok(journal_mark(&journal, 2, MARK_UNDONE, &err), err);
	journal_abandon(&journal);
	assert_ok(read_left(&left), err);
	assert_int_equal(left.marks[0], MARK_BEGUN);
	assert_int_equal(left.marks[1], MARK_DONE);
	assert_int_equal(left.marks[2], MARK_UNDONE);
	assert_int_equal(left.marks[3], MARK_PLANNED);
	left_release(&left);
}

static void a_mark_is_in_the_file_when_the_call_returns(void **unused)
{
	struct journal journal;
	struct left left;

	(void)unused;
	begin(&journal);
	assert_ok(journal_mark(&journal, 1, MARK_BEGUN, &err), err);
	assert_ok(read_left(&left), err);
	assert_int_equal(left.marks[1], MARK_BEGUN);
	left_release(&left);
	assert_ok(journal_remove(&journal, &err), err);
	journal_abandon(&journal);
}

static void without_a_journal_nothing_was_left(void **unused)
{
	struct left left;

	(void)unused;
	assert_int_equal(read_left(&left), -ENOENT);
	assert_int_equal(left.steps.count, 0);
	assert_null(left.marks);
}

static void a_journal_that_ended_is_gone(void **unused)
{
	struct journal journal;
	struct left left;

	(void)unused;
	begin(&journal);
	assert_ok(journal_remove(&journal, &err), err);
	journal_abandon(&journal);
	assert_false(tree_has(tree, JOURNAL));
	assert_int_equal(read_left(&left), -ENOENT);
}

static void a_journal_that_was_left_is_not_written_over(void **unused)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct journal journal;

	(void)unused;
	begin(&journal);
	journal_abandon(&journal);
	before = tree_read(tree, JOURNAL);
	assert_int_equal(journal_begin(&state, &steps, &journal, &err), -EEXIST);
	assert_contains(err.msg, "vfioadm recover");
	after = tree_read(tree, JOURNAL);
	assert_string_equal(before, after);
}

static void a_link_in_its_place_is_not_followed(void **unused)
{
	struct journal journal;

	(void)unused;
	tree_write(tree, "victim", "untouched");
	tree_link(tree, JOURNAL, "victim");
	assert_true(journal_begin(&state, &steps, &journal, &err) < 0);
	assert_true(journal_reopen(&state, &journal, &err) < 0);
}

static void marking_goes_on_in_a_journal_that_was_left(void **unused)
{
	struct journal journal;
	struct left left;

	(void)unused;
	begin(&journal);
	assert_ok(journal_mark(&journal, 1, MARK_BEGUN, &err), err);
	journal_abandon(&journal);
	assert_ok(journal_reopen(&state, &journal, &err), err);
	assert_ok(journal_mark(&journal, 1, MARK_UNDONE, &err), err);
	journal_abandon(&journal);
	assert_ok(read_left(&left), err);
	assert_int_equal(left.marks[1], MARK_UNDONE);
	left_release(&left);
}

static void there_is_nothing_to_reopen_without_a_journal(void **unused)
{
	struct journal journal;

	(void)unused;
	assert_int_equal(journal_reopen(&state, &journal, &err), -ENOENT);
}

/* A journal with these marks behind its steps. */
static char *journal_text(const char *marks)
{
	_cleanup_free_ char *text = NULL;
	struct journal journal;

	begin(&journal);
	journal_abandon(&journal);
	text = tree_read(tree, JOURNAL);
	tree_remove(tree, JOURNAL);
	return xasprintf("%s%s", text, marks);
}

static void a_last_line_that_was_cut_is_ignored(void **unused)
{
	static const char *const cut[] = { "b", "begun", "begun ", "begun 2", "done 1", "undo" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cut); i++) {
		_cleanup_free_ char *marks = xasprintf("begun 1\n%s", cut[i]);
		_cleanup_free_ char *text = journal_text(marks);
		struct left left;

		tree_write(tree, JOURNAL, text);
		assert_ok(read_left(&left), err);
		assert_int_equal(left.marks[1], MARK_BEGUN);
		assert_int_equal(left.marks[2], MARK_PLANNED);
		left_release(&left);
		tree_remove(tree, JOURNAL);
	}
}

/* A mark must not be glued to what a crash, or a full /run, left of the line before. */
static void marking_goes_on_behind_a_line_that_was_cut(void **unused)
{
	_cleanup_free_ char *text = journal_text("begun 1\nbegun 2\ndone");
	struct journal journal;
	struct left left;

	(void)unused;
	tree_write(tree, JOURNAL, text);
	assert_ok(journal_reopen(&state, &journal, &err), err);
	assert_ok(journal_mark(&journal, 2, MARK_UNDONE, &err), err);
	journal_abandon(&journal);
	assert_ok(read_left(&left), err);
	assert_int_equal(left.marks[1], MARK_BEGUN);
	assert_int_equal(left.marks[2], MARK_UNDONE);
	left_release(&left);
}

static void refused(const char *text)
{
	struct left left;

	tree_write(tree, JOURNAL, text);
	if (read_left(&left) != -EINVAL)
		fail_msg("accepted: %s", text);
	assert_contains(err.msg, "journal");
	assert_contains(err.msg, "damaged");
	assert_int_equal(left.steps.count, 0);
	assert_null(left.steps.items);
	assert_null(left.marks);
}

/* Or what is behind it would be overlooked. */
static void a_nul_is_refused(void **unused)
{
	static const char marks[] = "begun 0\ndone 0\n\0begun 1\n";
	_cleanup_free_ char *head = journal_text("");
	size_t len = strlen(head) + sizeof(marks) - 1;
	_cleanup_free_ char *text = xcalloc(len + 1, 1);
	struct left left;

	(void)unused;
	memcpy(text, head, strlen(head));
	memcpy(text + strlen(head), marks, sizeof(marks));
	assert_int_equal(journal_parse(text, len, &left.steps, &left.marks), -EINVAL);
	assert_null(left.steps.items);
	assert_null(left.marks);
}

static void a_damaged_mark_is_refused(void **unused)
{
	static const char *const marks[] = { "begun 5\n", "begun 18446744073709551615\n",
					     "begun -1\n", "begun\n", "begin 1\n", "\n",
					     "begun 1 2\n", "begun 1\n\nbegun 2\n", "done x\n" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		_cleanup_free_ char *text = journal_text(marks[i]);

		refused(text);
		tree_remove(tree, JOURNAL);
	}
}

#define HEAD	 "vfioadm-journal 2 "
#define ABOUT	 "\t0000:01:00.0\t"
#define NOTHING	 "\t\t\t\n"
#define TAIL	 ABOUT NOTHING
#define STEP	 "override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL
#define LONG_64	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG_128 LONG_64 LONG_64

static void a_damaged_head_is_refused(void **unused)
{
	static const char *const heads[] = {
		"\n", "journal\n" STEP, "vfioadm-journal 1 1\n" STEP, HEAD "\n" STEP,
		HEAD "0\n", HEAD "-1\n" STEP, HEAD "1x\n" STEP, " " HEAD "1\n" STEP,
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		refused(heads[i]);
}

static void a_count_beyond_belief_is_refused(void **unused)
{
	(void)unused;
	refused(HEAD "4097\n" STEP);
	refused(HEAD "4294967296\n" STEP);
	refused(HEAD "18446744073709551615\n" STEP);
	refused(HEAD "99999999999999999999999999\n" STEP);
}

static void steps_that_are_missing_are_refused(void **unused)
{
	(void)unused;
	refused(HEAD "2\n" STEP);
	refused(HEAD "2\n" STEP "begun 0\n");
}

static void a_damaged_step_is_refused(void **unused)
{
	static const char *const damaged[] = {
		"explode\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL,
		"override\t../../../etc\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL,
		"override\t01:00\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" ABOUT "\t\t\t\tmore\n",
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0\t0000:01:00.1\t" NOTHING,
		"unbind\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0\t01:00\t" NOTHING,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" ABOUT LONG_64 NOTHING,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" ABOUT "\t" LONG_64 "\t\t\n",
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" ABOUT "\t\t" LONG_64 "\t\n",
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" ABOUT "\t\t\t" LONG_128 "\n",
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000\t0" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t\t0000:0000\tx" TAIL,
		"override\t0000:01:00.0\t" LONG_128 "\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL,
		"override\t0000:01:00.0\t\t" LONG_128 "\t0\t\t\t\t0000:0000\t0" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t" LONG_64 "\t\t\t0000:0000\t0" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t" LONG_64 "\t\t0000:0000\t0" TAIL,
		"override\t0000:01:00.0\t\tvfio-pci\t0\t\t\t" LONG_128 "\t0000:0000\t0" TAIL,
		"load-module\t" LONG_128 LONG_128 "\t\tvfio-pci\t0\t\t\t\t0000:0000\t0" TAIL,
		"\n",
	};
	struct left left;

	(void)unused;
	tree_write(tree, JOURNAL, HEAD "1\n" STEP);
	assert_ok(read_left(&left), err);
	left_release(&left);
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		_cleanup_free_ char *text = xasprintf(HEAD "1\n%s", damaged[i]);

		refused(text);
	}
}

static void a_file_that_is_too_large_is_refused(void **unused)
{
	_cleanup_free_ char *text = xcalloc((2 << 20) + 1, 1);
	struct left left;

	(void)unused;
	memset(text, 'x', 2 << 20);
	tree_write(tree, JOURNAL, text);
	assert_int_equal(read_left(&left), -EFBIG);
	assert_null(left.marks);
}

static int be_killed(size_t nth_write)
{
	struct journal journal;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		writes = 0;
		kill_at = nth_write;
		if (journal_begin(&state, &steps, &journal, &err) == 0 &&
		    journal_mark(&journal, 1, MARK_BEGUN, &err) == 0)
			(void)!journal_mark(&journal, 1, MARK_DONE, &err);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

/* Nothing was changed before the first mark: what such a crash leaves must not need a person. */
static void a_crash_in_any_write_leaves_what_recover_can_read(void **unused)
{
	size_t crashes = 0;

	(void)unused;
	while (be_killed(crashes + 1) == KILLED) {
		struct left left;
		int r = read_left(&left);

		crashes++;
		if (r != 0 && r != -ENOENT)
			fail_msg("killed in write %zu: %s", crashes, err.msg);
		left_release(&left);
		if (tree_has(tree, JOURNAL))
			tree_remove(tree, JOURNAL);
	}
	assert_true(crashes >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_STATE(test) cmocka_unit_test_setup_teardown(test, open_state, close_state)
		WITH_STATE(the_steps_are_read_as_they_were_written),
		WITH_STATE(the_last_mark_of_a_step_counts),
		WITH_STATE(a_mark_is_in_the_file_when_the_call_returns),
		WITH_STATE(without_a_journal_nothing_was_left),
		WITH_STATE(a_journal_that_ended_is_gone),
		WITH_STATE(a_journal_that_was_left_is_not_written_over),
		WITH_STATE(a_link_in_its_place_is_not_followed),
		WITH_STATE(marking_goes_on_in_a_journal_that_was_left),
		WITH_STATE(there_is_nothing_to_reopen_without_a_journal),
		WITH_STATE(a_last_line_that_was_cut_is_ignored),
		WITH_STATE(marking_goes_on_behind_a_line_that_was_cut),
		WITH_STATE(a_nul_is_refused),
		WITH_STATE(a_damaged_mark_is_refused),
		WITH_STATE(a_damaged_head_is_refused),
		WITH_STATE(a_count_beyond_belief_is_refused),
		WITH_STATE(steps_that_are_missing_are_refused),
		WITH_STATE(a_damaged_step_is_refused),
		WITH_STATE(a_file_that_is_too_large_is_refused),
		WITH_STATE(a_crash_in_any_write_leaves_what_recover_can_read),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
