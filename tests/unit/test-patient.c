/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/patient.h"
#include "apply/state.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "support/test.h"
#include "support/tree.h"

#define TIMEOUT_MS 200

static struct tree *tree;
static struct helper helper = HELPER_NONE;
static struct error err;

/* In place of libc's: what has been waited for in vain, as asked for, however busy the machine is. */
static int waited_ms;

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	int r = ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);

	if (r == 0)
		waited_ms += timeout_ms;
	return r;
}

/* What libc's headers make of it where the compiler does not see how large fds is. */
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size);

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size)
{
	(void)size;
	return poll(fds, count, timeout_ms);
}

/* Opening a FIFO that nobody reads blocks, as a write to sysfs does in a driver's remove. */
static int make_tree(void **unused)
{
	(void)unused;
	alarm(2 * PATIENCE_MS / 1000); /* a test that waits without end fails */
	tree = tree_new();
	tree_write(tree, "attribute", "");
	return mkfifoat(tree_root(tree)->fd, "blocks", 0600);
}

static int free_tree(void **unused)
{
	(void)unused;
	helper_stop(&helper);
	tree_free(tree);
	alarm(0);
	return 0;
}

static int write_to(const char *path, const char *value, int timeout_ms)
{
	return patient_write(&helper, tree_root(tree), path, value, timeout_ms, &err);
}

static void time_out(void)
{
	assert_int_equal(write_to("blocks", "value", TIMEOUT_MS), -ETIMEDOUT);
}

/* What began then was given up after the time allowed: not before it, and no more was waited. */
static void assert_timed_out(int64_t started)
{
	assert_true(clock_now_ms() - started >= TIMEOUT_MS);
	assert_in_range(waited_ms, 1, TIMEOUT_MS);
}

/* Read the FIFO, so that the write that is blocked can go on; what it wrote. */
static void let_go(char *buf, size_t size)
{
	struct pollfd event = { .events = POLLIN };
	ssize_t len;

	event.fd = openat(tree_root(tree)->fd, "blocks", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(event.fd >= 0);
	assert_int_equal(poll(&event, 1, PATIENCE_MS), 1);
	len = read(event.fd, buf, size - 1);
	assert_true(len >= 0);
	buf[len] = '\0';
	close(event.fd);
}

/* Wait until somebody waits at the other end of the FIFO, and let him see the end of it. */
static void close_other_end(int mode)
{
	int fd = openat(tree_root(tree)->fd, "blocks", mode | O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
}

static void let_go_and_reap(void)
{
	char value[16];

	let_go(value, sizeof(value));
	assert_string_equal(value, "value");
	assert_true(wait(NULL) > 0);
}

static void assert_attribute(const char *expected)
{
	_cleanup_free_ char *text = tree_read(tree, "attribute");

	assert_string_equal(text, expected);
}

static void a_value_is_written_as_it_is(void **unused)
{
	(void)unused;
	assert_ok(write_to("attribute", "0000:01:00.0", PATIENCE_MS), err);
	assert_attribute("0000:01:00.0");
}

static void a_newline_is_a_value_too(void **unused)
{
	(void)unused;
	assert_ok(write_to("attribute", "\n", PATIENCE_MS), err);
	assert_attribute("\n");
}

/* sysfs takes each write(2) as a command of its own. */
static void a_value_is_one_write(void **unused)
{
	char value[128], received[256];
	int fd = openat(tree_root(tree)->fd, "blocks", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	(void)unused;
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	assert_ok(write_to("blocks", value, PATIENCE_MS), err);
	assert_int_equal(read(fd, received, sizeof(received)), strlen(value));
	assert_memory_equal(received, value, strlen(value));
	close(fd);
}

static void several_writes_have_one_process(void **unused)
{
	pid_t pid;

	(void)unused;
	assert_ok(write_to("attribute", "a", PATIENCE_MS), err);
	pid = helper.pid;
	assert_true(pid > 0 && pid != getpid());
	assert_ok(write_to("attribute", "b", PATIENCE_MS), err);
	assert_int_equal(helper.pid, pid);
	assert_attribute("b");
}

static void the_errno_of_the_open_comes_through(void **unused)
{
	(void)unused;
	assert_int_equal(write_to("absent", "x", PATIENCE_MS), -ENOENT);
	assert_contains(err.msg, "/absent");
	assert_contains(err.msg, "No such file or directory");
	assert_false(tree_has(tree, "absent"));
	assert_int_equal(write_to("proc", "x", PATIENCE_MS), -EISDIR);
}

/* /dev/full fails every write with ENOSPC. */
static void the_errno_of_the_write_comes_through(void **unused)
{
	(void)unused;
	tree_link_outside(tree, "full", "/dev/full");
	assert_int_equal(write_to("full", "x", PATIENCE_MS), -ENOSPC);
	assert_contains(err.msg, "/full");
	assert_contains(err.msg, "No space left");
	assert_ok(write_to("attribute", "after", PATIENCE_MS), err);
	assert_attribute("after");
}

static void what_is_too_long_is_refused_before_any_write(void **unused)
{
	char text[256];

	(void)unused;
	memset(text, 'x', sizeof(text) - 1);
	text[192] = '\0';
	assert_int_equal(write_to(text, "v", PATIENCE_MS), -ENAMETOOLONG);
	text[128] = '\0';
	assert_int_equal(write_to("attribute", text, PATIENCE_MS), -ENAMETOOLONG);
	assert_attribute("");
}

static void a_write_that_blocks_times_out_in_the_time_allowed(void **unused)
{
	int64_t started = clock_now_ms();

	(void)unused;
	waited_ms = 0;
	time_out();
	assert_timed_out(started);
	assert_int_equal(err.code, -ETIMEDOUT);
	assert_contains(err.msg, "/blocks");
	let_go_and_reap();
}

static void a_write_that_returns_in_time_is_waited_for(void **unused)
{
	char value[16];
	pid_t pid = fork();
	int status;

	(void)unused;
	if (pid == 0)
		_exit(write_to("blocks", "value", PATIENCE_MS) == 0 ? 0 : 1);
	let_go(value, sizeof(value));
	assert_string_equal(value, "value");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void the_next_write_has_another_process(void **unused)
{
	(void)unused;
	time_out();
	assert_ok(write_to("attribute", "next", PATIENCE_MS), err);
	assert_attribute("next");
	helper_stop(&helper);
	let_go_and_reap();
}

static void stopping_does_not_wait_for_a_write_that_blocks(void **unused)
{
	(void)unused;
	time_out();
	helper_stop(&helper); /* or there would be no end of it */
	let_go_and_reap();
}

static void stopping_leaves_no_process(void **unused)
{
	(void)unused;
	assert_ok(write_to("attribute", "a", PATIENCE_MS), err);
	helper_stop(&helper);
	assert_int_equal(helper.pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	helper_stop(&helper);
}

static ssize_t read_from(const char *path, char *buf, size_t size, int timeout_ms)
{
	return patient_read(&helper, tree_root(tree), path, buf, size, timeout_ms, &err);
}

static void a_value_is_read_without_its_newline(void **unused)
{
	char buf[16];

	(void)unused;
	tree_write(tree, "attribute", "(null)\n");
	assert_int_equal(read_from("attribute", buf, sizeof(buf), PATIENCE_MS), 6);
	assert_string_equal(buf, "(null)");
	tree_write(tree, "attribute", "");
	assert_int_equal(read_from("attribute", buf, sizeof(buf), PATIENCE_MS), 0);
	assert_string_equal(buf, "");
}

static void a_value_that_does_not_fit_is_cut(void **unused)
{
	char buf[5];

	(void)unused;
	tree_write(tree, "attribute", "0123456789");
	assert_int_equal(read_from("attribute", buf, sizeof(buf), PATIENCE_MS), 4);
	assert_string_equal(buf, "0123");
}

static void the_errno_of_a_read_comes_through(void **unused)
{
	char buf[16];

	(void)unused;
	assert_int_equal(read_from("absent", buf, sizeof(buf), PATIENCE_MS), -ENOENT);
	assert_contains(err.msg, "/absent");
	assert_int_equal(read_from("proc", buf, sizeof(buf), PATIENCE_MS), -EISDIR);
}

static void a_read_that_blocks_times_out_and_the_next_does_not(void **unused)
{
	int64_t started = clock_now_ms();
	char buf[16];

	(void)unused;
	waited_ms = 0;
	tree_write(tree, "attribute", "value\n");
	assert_int_equal(read_from("blocks", buf, sizeof(buf), TIMEOUT_MS), -ETIMEDOUT);
	assert_timed_out(started);
	assert_contains(err.msg, "/blocks");
	assert_int_equal(read_from("attribute", buf, sizeof(buf), PATIENCE_MS), 5);
	assert_string_equal(buf, "value");
	helper_stop(&helper);
	close_other_end(O_WRONLY);
	assert_true(wait(NULL) > 0);
}

static void a_process_that_was_killed_is_replaced(void **unused)
{
	pid_t pid;

	(void)unused;
	assert_ok(write_to("attribute", "a", PATIENCE_MS), err);
	pid = helper.pid;
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	(void)write_to("attribute", "b", PATIENCE_MS);
	assert_ok(write_to("attribute", "c", PATIENCE_MS), err);
	assert_attribute("c");
}

/* What a caller runs: it prints, gives up on a write, and ends. */
static _Noreturn void caller(int out)
{
	int r;

	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	close(out);
	r = write_to("blocks", "value", TIMEOUT_MS);
	_exit(r == -ETIMEDOUT ? 0 : 1);
}

static void the_process_left_behind_keeps_no_pipe_of_the_caller(void **unused)
{
	struct pollfd event = { .events = POLLIN };
	char value[16], c;
	int pipe_fds[2], status;
	pid_t pid;

	(void)unused;
	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		close(pipe_fds[0]);
		caller(pipe_fds[1]);
	}
	close(pipe_fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	event.fd = pipe_fds[0];
	/* The caller has ended: were the pipe open elsewhere, there would be no end of it. */
	assert_int_equal(poll(&event, 1, PATIENCE_MS), 1);
	assert_int_equal(read(pipe_fds[0], &c, 1), 0);
	close(pipe_fds[0]);
	let_go(value, sizeof(value));
	assert_string_equal(value, "value");
}

static void the_process_left_behind_keeps_no_lock(void **unused)
{
	struct state state = STATE_CLOSED;

	(void)unused;
	assert_ok(state_open(tree_root(tree), "bind", &state, &err), err);
	time_out();
	state_close(&state);
	assert_ok(state_open(tree_root(tree), "recover", &state, &err), err);
	state_close(&state);
	let_go_and_reap();
}

static int job_that_says_what_it_is_given(const char *subject, bool flag, struct error *e)
{
	return flag ? error_set(e, -ENOEXEC, "%s: refused by %s", subject,
				getpid() == getsid(0) ? "another process" : "this process") : 0;
}

static int job_that_blocks(const char *subject, bool flag, struct error *e)
{
	(void)subject, (void)flag;
	/* Until somebody reads the FIFO. */
	return open(subject, O_WRONLY) < 0 ? error_errno(e, -errno, "%s", subject) : 0;
}

static int run_job(helper_job *job, const char *subject, bool flag, int timeout_ms, char message[256])
{
	int r = helper_run(&helper, tree_root(tree)->fd, job, subject, flag);

	assert_int_equal(r, 0);
	return (int)helper_wait(&helper, timeout_ms, message, 256);
}

static void a_job_runs_in_the_process_and_its_message_comes_through(void **unused)
{
	char message[256] = "?";

	(void)unused;
	assert_int_equal(run_job(job_that_says_what_it_is_given, "a", false, PATIENCE_MS, message), 0);
	assert_string_equal(message, "");
	assert_int_equal(run_job(job_that_says_what_it_is_given, "a", true, PATIENCE_MS, message),
			 -ENOEXEC);
	assert_string_equal(message, "a: refused by another process");
}

static void a_job_that_blocks_times_out_and_the_next_does_not(void **unused)
{
	_cleanup_free_ char *path = xasprintf("%s/blocks", tree_root(tree)->path);
	char message[256];

	(void)unused;
	assert_int_equal(run_job(job_that_blocks, path, false, TIMEOUT_MS, message), -ETIMEDOUT);
	helper_abandon(&helper);
	assert_int_equal(run_job(job_that_says_what_it_is_given, "a", true, PATIENCE_MS, message),
			 -ENOEXEC);
	close_other_end(O_RDONLY);
	assert_true(wait(NULL) > 0);
}

static int job_that_never_sleeps(const char *subject, bool flag, struct error *e)
{
	(void)subject, (void)flag, (void)e;
	for (volatile bool done = false; !done;)
		;
	return 0;
}

static void a_process_that_waits_is_told_from_one_that_runs(void **unused)
{
	_cleanup_free_ char *path = xasprintf("%s/blocks", tree_root(tree)->path);
	char message[256];
	pid_t pid;

	(void)unused;
	assert_int_equal(run_job(job_that_blocks, path, false, TIMEOUT_MS, message), -ETIMEDOUT);
	/* It gets there in its own time; if it does not, the alarm rings. */
	while (helper_runs(&helper))
		sched_yield();
	helper_abandon(&helper);
	close_other_end(O_RDONLY);
	assert_true(wait(NULL) > 0);
	assert_int_equal(run_job(job_that_never_sleeps, "", false, TIMEOUT_MS, message), -ETIMEDOUT);
	assert_true(helper_runs(&helper));
	pid = helper.pid;
	assert_int_equal(kill(pid, SIGKILL), 0);
	helper_stop(&helper);
	assert_false(helper_runs(&helper));
}

static void the_process_is_out_of_reach_of_the_terminal(void **unused)
{
	(void)unused;
	assert_ok(write_to("attribute", "a", PATIENCE_MS), err);
	assert_int_not_equal(getsid(helper.pid), getsid(0));
	assert_int_equal(getpgid(helper.pid), helper.pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, free_tree)
		WITH_TREE(a_value_is_written_as_it_is),
		WITH_TREE(a_newline_is_a_value_too),
		WITH_TREE(a_value_is_one_write),
		WITH_TREE(several_writes_have_one_process),
		WITH_TREE(the_errno_of_the_open_comes_through),
		WITH_TREE(the_errno_of_the_write_comes_through),
		WITH_TREE(what_is_too_long_is_refused_before_any_write),
		WITH_TREE(a_write_that_blocks_times_out_in_the_time_allowed),
		WITH_TREE(a_write_that_returns_in_time_is_waited_for),
		WITH_TREE(the_next_write_has_another_process),
		WITH_TREE(stopping_does_not_wait_for_a_write_that_blocks),
		WITH_TREE(stopping_leaves_no_process),
		WITH_TREE(a_value_is_read_without_its_newline),
		WITH_TREE(a_value_that_does_not_fit_is_cut),
		WITH_TREE(the_errno_of_a_read_comes_through),
		WITH_TREE(a_read_that_blocks_times_out_and_the_next_does_not),
		WITH_TREE(a_process_that_was_killed_is_replaced),
		WITH_TREE(the_process_left_behind_keeps_no_pipe_of_the_caller),
		WITH_TREE(the_process_left_behind_keeps_no_lock),
		WITH_TREE(a_job_runs_in_the_process_and_its_message_comes_through),
		WITH_TREE(a_job_that_blocks_times_out_and_the_next_does_not),
		WITH_TREE(a_process_that_waits_is_told_from_one_that_runs),
		WITH_TREE(the_process_is_out_of_reach_of_the_terminal),
	};

	/* A helper that does not end would keep helper_stop() waiting. */
	alarm(60);
	return cmocka_run_group_tests_name("patient", tests, NULL, NULL);
}
