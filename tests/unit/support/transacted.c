/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/transacted.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "policy/plan.h"
#include "support/hosts.h"

struct flush flush;

/* In place of libc's. Who is only killed, not unplugged, finds in the file what was written. */
static int flush_or_fail(void)
{
	if (++flush.count != flush.at)
		return 0;
	if (flush.kind == FLUSH_KILLS)
		_exit(FAKE_KERNEL_KILLED);
	errno = ENOSPC;
	return -1;
}

int fdatasync(int fd)
{
	(void)fd;
	return flush_or_fail();
}

int fsync(int fd)
{
	(void)fd;
	return flush_or_fail();
}

bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/*
 * What no transaction puts back: modules stay loaded, the lock file stays for the next one, and a
 * temporary file that a crash left is nobody's: it is not read, and replaced when next needed.
 */
static bool is_left_alone(const char *line)
{
	static const char *const starts[] = {
		"run/vfioadm/lock =", "run/vfioadm/held/.", "run/vfioadm/.", "sys/module/vfio",
		"sys/class/vfio/\n", "dev/vfio/\n", "sys/bus/pci/drivers/vfio-pci/\n",
		"sys/bus/pci/drivers/vfio-pci/bind =", "sys/bus/pci/drivers/vfio-pci/unbind =",
		"sys/bus/pci/drivers/vfio-pci/module ->",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (starts_with(line, starts[i]))
			return true;
	return false;
}

char *snapshot(struct tree *tree)
{
	char *all = tree_snapshot(tree), *kept = all;

	for (char *line = all, *next; *line; line = next) {
		size_t len;

		next = strchr(line, '\n') + 1;
		len = (size_t)(next - line);
		if (is_left_alone(line))
			continue;
		memmove(kept, line, len);
		kept += len;
	}
	*kept = '\0';
	return all;
}

void assert_as_before(struct world *w, const char *what, size_t n)
{
	_cleanup_free_ char *now = snapshot(w->tree);
	const char *a = w->before, *b = now;

	if (strcmp(a, b) == 0)
		return;
	while (*a && strcspn(a, "\n") == strcspn(b, "\n") && !strncmp(a, b, strcspn(a, "\n") + 1)) {
		a += strcspn(a, "\n") + 1;
		b += strcspn(b, "\n") + 1;
	}
	fail_msg("%s %zu: not as before: \"%.*s\" was \"%.*s\"", what, n, (int)strcspn(b, "\n"), b,
		 (int)strcspn(a, "\n"), a);
}

static void look(struct world *w)
{
	struct pci_addr *addrs;

	targets_release(&w->targets);
	step_list_release(&w->plan);
	host_look_again(w->tree, &w->host);
	target_add(&w->targets, &w->host, w->device);
	addrs = targets_addrs(&w->targets);
	host_discover_uses(&w->host, addrs, w->targets.count);
	free(addrs);
	free(w->before);
	w->before = snapshot(w->tree);
}

void plan_to_bind(struct world *w)
{
	look(w);
	assert_ok(plan_bind(&w->host, &w->targets, false, NOW, &w->plan, &w->err), w->err);
}

void plan_to_keep(struct world *w, const char *claim)
{
	look(w);
	assert_ok(plan_keep(&w->host, &w->targets, NOW, &w->plan, &w->err), w->err);
	plan_name_claim(&w->plan, claim);
}

static void plan_to_give_back(struct world *w, bool reset)
{
	look(w);
	assert_ok(plan_unbind(&w->host, &w->targets, reset, &w->plan, &w->err), w->err);
}

void plan_to_unbind(struct world *w)
{
	plan_to_give_back(w, false);
}

void plan_to_unbind_with_reset(struct world *w)
{
	plan_to_give_back(w, true);
}

void world_on(struct world *w, struct tree *tree, const char *device)
{
	*w = (struct world){ .tree = tree, .device = device };
	flush.at = flush.count = 0;
	fake_kernel_init(&w->kernel, w->tree);
	fake_kernel_open(&w->kernel);
	plan_to_bind(w);
}

enum txn_result run(struct world *w)
{
	return txn_run(&w->kernel.apply, &w->plan, &w->err, &w->remains);
}

void reopen(struct world *w)
{
	fake_kernel_close(&w->kernel);
	fake_kernel_open(&w->kernel);
	flush.at = flush.count = 0;
}

void world_release(struct world *w)
{
	fake_kernel_release(&w->kernel);
	step_list_release(&w->plan);
	targets_release(&w->targets);
	host_release(&w->host);
	tree_free(w->tree);
	free(w->before);
}

bool has_journal(struct world *w)
{
	return tree_has(w->tree, "run/vfioadm/journal");
}

bool has_record(struct world *w, const char *addr)
{
	_cleanup_free_ char *path = xasprintf("run/vfioadm/held/%s", addr);

	return tree_has(w->tree, path);
}

void assert_driver(struct world *w, const char *addr, const char *expected)
{
	_cleanup_free_ char *driver = tree_driver(w->tree, addr);

	assert_string_equal(driver ? driver : "none", expected);
}

void assert_override(struct world *w, const char *addr, const char *expected)
{
	_cleanup_free_ char *override = tree_get(w->tree, addr, "driver_override");

	assert_string_equal(override, expected);
}

/* How many calls, and flushes, a success takes. */
size_t count_calls(make_world *make, size_t *flushes)
{
	struct world w;
	size_t calls;

	make(&w);
	assert_int_equal(run(&w), TXN_DONE);
	calls = w.kernel.calls;
	if (flushes)
		*flushes = flush.count;
	world_release(&w);
	return calls;
}

/* Undo what a vfioadm that died, or gave up, left behind; without a journal it changed nothing. */
enum txn_result recover(struct world *w)
{
	_cleanup_free_ enum journal_mark *marks = NULL;
	enum txn_result result;
	struct step_list steps;

	reopen(w);
	if (!has_journal(w))
		return TXN_DONE;
	assert_ok(journal_read(tree_root(w->tree), &steps, &marks, &w->err), w->err);
	result = txn_recover(&w->kernel.apply, &steps, marks, &w->remains);
	step_list_release(&steps);
	return result;
}

void assert_nothing_to_recover(struct world *w)
{
	enum journal_mark *marks;
	struct step_list steps;

	assert_int_equal(journal_read(tree_root(w->tree), &steps, &marks, &w->err), -ENOENT);
}

static bool is_driver_write(const char *call)
{
	return starts_with(call, "bind ") || starts_with(call, "unbind ");
}

void fail_each_call(make_world *make, enum fault_kind kind,
			   void (*assert_done)(struct world *w))
{
	size_t calls = count_calls(make, NULL);

	for (size_t n = 1; n <= calls; n++) {
		enum txn_result result;
		struct world w;

		make(&w);
		fake_kernel_fail(&w.kernel, n, kind, EIO);
		result = run(&w);
		/* The driver link read back is the only proof of a bind or an unbind. */
		if (kind == FAULT_AFTER && is_driver_write(w.kernel.log.items[n - 1])) {
			assert_int_equal(result, TXN_DONE);
			assert_done(&w);
			world_release(&w);
			continue;
		}
		assert_int_equal(result, starts_with(w.kernel.log.items[n - 1], "load ")
						 ? TXN_REFUSED : TXN_UNDONE);
		assert_int_equal(w.err.code, -EIO);
		assert_as_before(&w, "call", n);
		world_release(&w);
	}
}

void fail_each_flush(make_world *make)
{
	size_t flushes;

	count_calls(make, &flushes);
	assert_true(flushes > 0);
	for (size_t n = 1; n <= flushes; n++) {
		enum txn_result result;
		struct world w;

		make(&w);
		flush.count = 0;
		flush.kind = FLUSH_FAILS;
		flush.at = n;
		result = run(&w);
		assert_true(result == TXN_REFUSED || result == TXN_UNDONE);
		assert_int_equal(w.err.code, -ENOSPC);
		assert_as_before(&w, "flush", n);
		world_release(&w);
	}
}

/* Run in a process of its own that is expected to be killed. */
void run_and_be_killed(struct world *w, void (*prepare)(struct world *w, size_t n), size_t n)
{
	int status;
	pid_t pid;

	fake_kernel_close(&w->kernel);
	pid = fork();
	if (pid == 0) {
		fake_kernel_open(&w->kernel);
		prepare(w, n);
		(void)run(w);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FAKE_KERNEL_KILLED);
}

void kill_before(struct world *w, size_t n)
{
	fake_kernel_fail(&w->kernel, n, FAULT_KILL_BEFORE, 0);
}

void kill_after(struct world *w, size_t n)
{
	fake_kernel_fail(&w->kernel, n, FAULT_KILL_AFTER, 0);
}

void kill_at_flush(struct world *w, size_t n)
{
	(void)w;
	flush.count = 0;
	flush.kind = FLUSH_KILLS;
	flush.at = n;
}

void kill_at_each(make_world *make,
			 void (*prepare)(struct world *w, size_t n), size_t moments)
{
	assert_true(moments > 0);
	for (size_t n = 1; n <= moments; n++) {
		struct world w;

		make(&w);
		run_and_be_killed(&w, prepare, n);
		assert_true(has_journal(&w) || prepare == kill_at_flush);
		assert_int_equal(recover(&w), TXN_DONE);
		assert_as_before(&w, "killed at", n);
		assert_nothing_to_recover(&w);
		world_release(&w);
	}
}

static size_t failing_call;

static void fail_then_kill(struct world *w, size_t n)
{
	fake_kernel_fail(&w->kernel, failing_call, FAULT_BEFORE, EIO);
	fake_kernel_fail(&w->kernel, n, FAULT_KILL_AFTER, 0);
}

size_t calls_of_a_run_that_fails_at(make_world *make, size_t n)
{
	struct world w;
	size_t calls;

	make(&w);
	fake_kernel_fail(&w.kernel, n, FAULT_BEFORE, EIO);
	assert_int_not_equal(run(&w), TXN_DONE);
	calls = w.kernel.calls;
	world_release(&w);
	return calls;
}

void kill_everywhere(make_world *make)
{
	size_t flushes, calls = count_calls(make, &flushes);

	kill_at_each(make, kill_before, calls);
	kill_at_each(make, kill_after, calls);
	kill_at_each(make, kill_at_flush, flushes);
}

void kill_in_each_rollback(make_world *make)
{
	size_t calls = count_calls(make, NULL), rollbacks = 0;

	for (failing_call = 1; failing_call <= calls; failing_call++) {
		size_t last = calls_of_a_run_that_fails_at(make, failing_call);

		for (size_t n = failing_call + 1; n <= last; n++, rollbacks++) {
			struct world w;

			make(&w);
			run_and_be_killed(&w, fail_then_kill, n);
			assert_int_equal(recover(&w), TXN_DONE);
			assert_as_before(&w, "rollback killed at", n);
			world_release(&w);
		}
	}
	assert_true(rollbacks > 0);
}
