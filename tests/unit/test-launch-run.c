/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "launch/run.h"
#include "support/test.h"

static int run_with(const struct launch_options *options, int *status, struct error *err,
		    const char *const *words)
{
	struct strv argv = { 0 };
	int r;

	for (; *words; words++)
		strv_add(&argv, *words);
	r = launch_run(&argv, options, status, err);
	strv_release(&argv);
	return r;
}

static int run(const char *const *words)
{
	const struct launch_options options = { .qmp_fd = -1, .output_fd = -1 };
	struct error err;
	int status = -1;

	if (run_with(&options, &status, &err, words) != 0)
		fail_msg("%s", err.msg);
	return status;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void exit_status(void **state)
{
	(void)state;
	assert_int_equal(RUN("/bin/true"), 0);
	assert_int_equal(RUN("false"), 1);
	assert_int_equal(RUN("sh", "-c", "exit 42"), 42);
	assert_int_equal(RUN("sh", "-c", "kill -9 $$"), 137);
	assert_int_equal(RUN("sh", "-c", "kill -TERM $$"), 143);
}

static void cannot_start(void **state)
{
	static const char *const missing[] = { "/absent/qemu", NULL };
	static const char *const unfit[] = { "/etc/passwd", NULL };
	const struct launch_options options = { .qmp_fd = -1, .output_fd = -1 };
	int status = -1;
	struct error err;

	(void)state;
	assert_int_equal(run_with(&options, &status, &err, missing), -ENOENT);
	assert_string_equal(err.msg, "/absent/qemu: cannot be started: No such file or directory");
	assert_int_equal(run_with(&options, &status, &err, unfit), -EACCES);
	assert_int_equal(status, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/*
 * Run the script in QEMU's place, in a process of its own whose pid is returned; its exit code is
 * the launch's status, its standard output the pipe.
 */
static pid_t start(const char *script, unsigned int stop_timeout_ms, int *ret_pipe)
{
	const char *const words[] = { "sh", "-c", script, NULL };
	const struct launch_options options = {
		.stop_timeout_ms = stop_timeout_ms,
		.qmp_fd = -1,
		.output_fd = -1,
	};
	struct error err;
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		/* The tests below kill with a status that nothing else has. */
		_exit(run_with(&options, &status, &err, words) < 0 ? 99 : status);
	}
	close(fds[1]);
	*ret_pipe = fds[0];
	return pid;
}

/* Wait until the script says a letter: it is ready, and has its traps set. */
static void await(int fd, char expected)
{
	char c = '\0';

	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(c, expected);
}

static int finish(pid_t pid, int fd)
{
	int status;

	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Only a trap ends it. A shell can miss a signal between two commands, but not one in wait. */
#define WAIT                                                                                       \
	"tail --pid=$$ -f /dev/null >/dev/null & printf r; while :; do wait; done"
#define TRAP_AND_WAIT(handler) "trap '" handler "' TERM; " WAIT

static void stop_signals_are_passed_on(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		int fd;
		pid_t pid = start(TRAP_AND_WAIT("exit 7"), 0, &fd);

		await(fd, 'r');
		assert_int_equal(kill(pid, signals[i]), 0);
		assert_int_equal(finish(pid, fd), 7);
	}
}

/* Asked twice, we still wait for QEMU to end in its own time. */
static void told_twice(void **state)
{
	int fd;
	pid_t pid = start(TRAP_AND_WAIT("n=x$n; printf t; [ $n != xx ] || exit 8"), 0, &fd);

	(void)state;
	await(fd, 'r');
	assert_int_equal(kill(pid, SIGTERM), 0);
	await(fd, 't');
	assert_int_equal(kill(pid, SIGTERM), 0);
	await(fd, 't');
	assert_int_equal(finish(pid, fd), 8);
}

static void stuck_is_killed(void **state)
{
	int fd;
	pid_t pid = start(TRAP_AND_WAIT(""), 50, &fd);

	(void)state;
	await(fd, 'r');
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(finish(pid, fd), 137);
}

/* A request that came before the start, while the caller had it blocked, is not lost. */
static void pending_request(void **state)
{
	sigset_t term, pending;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	raise(SIGTERM);
	assert_int_equal(RUN("tail", "-f", "/dev/null"), 143);
	sigpending(&pending);
	assert_false(sigismember(&pending, SIGTERM));
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

static void ignored_child(int sig)
{
	(void)sig;
}

static void signals_are_left_as_found(void **state)
{
	struct sigaction handler = { .sa_handler = ignored_child }, now;
	sigset_t before, after;

	(void)state;
	sigaction(SIGCHLD, &handler, NULL);
	sigprocmask(SIG_BLOCK, NULL, &before);
	RUN("true");
	sigprocmask(SIG_BLOCK, NULL, &after);
	for (int sig = 1; sig < 32; sig++)
		assert_int_equal(sigismember(&before, sig), sigismember(&after, sig));
	sigaction(SIGCHLD, NULL, &now);
	assert_ptr_equal(now.sa_handler, ignored_child);
	/* Ignored, the kernel would reap QEMU and nobody would learn its status. */
	handler.sa_handler = SIG_IGN;
	sigaction(SIGCHLD, &handler, NULL);
	assert_int_equal(RUN("sh", "-c", "exit 3"), 3);
	handler.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &handler, NULL);
}

/* What nohup ignores must not stop the guest. */
static void ignored_hangup(void **state)
{
	struct sigaction ignored = { .sa_handler = SIG_IGN }, old;

	(void)state;
	sigaction(SIGHUP, &ignored, &old);
	assert_int_equal(RUN("sh", "-c", "kill -HUP $PPID; kill -HUP $$; exit 5"), 5);
	sigaction(SIGHUP, &old, NULL);
}

/* At least as much as the guest needs, or where that takes a right we lack, all that we may have.
 */
static void memlock(void **state)
{
	const struct launch_options options = {
		.memory = UINT64_C(2) << 30,
		.qmp_fd = -1,
		.output_fd = -1,
	};
	rlim_t least = UINT64_C(3) << 30;
	struct rlimit limit, old;
	struct error err;
	char script[100];
	int status = -1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &old), 0);
	if (old.rlim_max < least)
		least = old.rlim_max;
	limit = (struct rlimit){ 65536, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	snprintf(script, sizeof(script), "l=$(ulimit -l); [ $l = unlimited ] || [ $l -ge %llu ]",
		 (unsigned long long)least / 1024);
	assert_int_equal(run_with(&options, &status, &err,
				  (const char *const[]){ "sh", "-c", script, NULL }),
			 0);
	assert_int_equal(status, 0);
	/* Ours stays as it was. */
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	assert_int_equal(limit.rlim_cur, 65536);
	setrlimit(RLIMIT_MEMLOCK, &old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_status),
		cmocka_unit_test(cannot_start),
		cmocka_unit_test(stop_signals_are_passed_on),
		cmocka_unit_test(told_twice),
		cmocka_unit_test(stuck_is_killed),
		cmocka_unit_test(pending_request),
		cmocka_unit_test(signals_are_left_as_found),
		cmocka_unit_test(ignored_hangup),
		cmocka_unit_test(memlock),
	};

	signals_as_usual();
	return cmocka_run_group_tests_name("launch-run", tests, NULL, NULL);
}
