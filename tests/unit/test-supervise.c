/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "launch/child.h"
#include "launch/run.h"
#include "support/test.h"

/*
 * The stand-in for QEMU is this program again, with a word that says how it behaves. It speaks the
 * monitor's protocol on the socket that it was handed.
 */
static char socket_directory[] = "/tmp/vfioadm-test-XXXXXX";

static void say(int fd, const char *line)
{
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line))
		_exit(90);
}

static bool hear(FILE *in, const char *command)
{
	char line[256];

	if (!fgets(line, sizeof(line), in))
		_exit(91);
	return strstr(line, command);
}

static void negotiate(int fd, FILE *in)
{
	say(fd, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n");
	if (!hear(in, "\"qmp_capabilities\""))
		_exit(92);
	say(fd, "{\"return\": {}, \"id\": \"qmp_capabilities\"}\n");
	if (!hear(in, "\"query-status\""))
		_exit(93);
	/* Cut in two: a message ends with its line, not with a read. */
	say(fd, "{\"return\": {\"status\": \"run");
	say(fd, "ning\"}, \"id\": \"query-status\"}\n");
}

static _noreturn_ void wait_for_ever(void)
{
	for (;;)
		pause();
}

static _noreturn_ void await_quit(int fd, FILE *in, int status)
{
	if (!hear(in, "\"quit\""))
		_exit(94);
	say(fd, "{\"return\": {}, \"id\": \"quit\"}\n");
	_exit(status);
}

/* The processors that the calling thread may use, as a list in the kernel's way of writing. */
static void allowed(char *ret, size_t size)
{
	char line[1024] = "";
	FILE *file = fopen("/proc/thread-self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Cpus_allowed_list: %255s", ret) == 1)
			break;
	assert_true(file && size >= 256);
	fclose(file);
}

static void answer(int fd, FILE *in, const char *command, const char *text)
{
	char line[512];

	if (!hear(in, command))
		_exit(96);
	snprintf(line, sizeof(line), "{\"id\": \"%s\", \"return\": %s}\n", command, text);
	say(fd, line);
}

/*
 * Paused: names its one thread, or with "foreign" one that is not its own, as a processor, and tells
 * in its status how often it found itself where it should be: before it began and before it goes on.
 */
static int paused(int fd, FILE *in, const char *behaviour)
{
	const char *emulator = getenv("EMULATOR_PIN"), *pin = getenv("PIN");
	char vcpus[128], at_first[256], at_last[256];

	allowed(at_first, sizeof(at_first));
	if (strcmp(behaviour, "paused-fails") == 0)
		return 6;
	say(fd, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n");
	answer(fd, in, "qmp_capabilities", "{}");
	snprintf(vcpus, sizeof(vcpus), "[{\"cpu-index\": 0, \"thread-id\": %d}]",
		 strcmp(behaviour, "paused-foreign") == 0 ? (int)getppid() : (int)getpid());
	answer(fd, in, "query-cpus-fast", vcpus);
	answer(fd, in, "query-iothreads", "[]");
	answer(fd, in, "cont", "{}");
	allowed(at_last, sizeof(at_last));
	answer(fd, in, "query-status", "{\"status\": \"running\"}");
	return 20 + (strcmp(at_first, emulator) == 0) + (strcmp(at_last, pin) == 0);
}

static int stand_in(const char *behaviour)
{
	int fd = accept(CHILD_LISTEN_FD, NULL, NULL);
	FILE *in = fdopen(fd, "r");
	static char noise[1 << 16];

	if (strncmp(behaviour, "paused", strlen("paused")) == 0)
		return paused(fd, in, behaviour);

	if (strcmp(behaviour, "garbage") == 0) {
		say(fd, "what is a monitor?\n");
		printf("r");
		fflush(stdout);
		wait_for_ever();
	}
	if (strcmp(behaviour, "endless") == 0) {
		signal(SIGPIPE, SIG_IGN);
		memset(noise, 'x', sizeof(noise));
		while (write(fd, noise, sizeof(noise)) > 0)
			;
		printf("r");
		fflush(stdout);
		wait_for_ever();
	}
	negotiate(fd, in);
	if (strcmp(behaviour, "deaf") == 0) {
		signal(SIGTERM, SIG_IGN);
		wait_for_ever();
	}
	if (!hear(in, "\"system_powerdown\""))
		return 95;
	if (strcmp(behaviour, "refuses") == 0)
		say(fd, "{\"id\": \"system_powerdown\", \"error\": {\"class\": \"GenericError\", "
			"\"desc\": \"no\"}}\n");
	else
		say(fd, "{\"return\": {}, \"id\": \"system_powerdown\"}\n");
	if (strcmp(behaviour, "refuses") == 0)
		await_quit(fd, in, 3);
	if (strcmp(behaviour, "ignores") == 0) {
		printf("p");
		fflush(stdout);
		await_quit(fd, in, 4);
	}
	say(fd, "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
		"\"guest-shutdown\"}}\n");
	return 0;
}

static int listen_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/qmp", socket_directory);
	unlink(address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* What was told, as letters: s, started; r, runs; e, stopping. */
static char told[16];

static void tell(char c)
{
	size_t len = strlen(told);

	assert_true(len + 1 < sizeof(told));
	told[len] = c;
}

static int started(pid_t pid, void *data, struct error *err)
{
	char path[64], name[64];
	ssize_t len;

	(void)data, (void)err;
	/* Not QEMU yet, or a crash now would leave it unknown. */
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	FILE *file = fopen(path, "r");
	len = file ? (ssize_t)fread(name, 1, sizeof(name) - 1, file) : -1;
	assert_true(len > 0);
	assert_null(memmem(name, (size_t)len, "--stand-in", 10));
	fclose(file);
	tell('s');
	return 0;
}

static void runs_then_stop(void *data)
{
	tell('r');
	for (int *count = data; *count > 0; --*count)
		raise(SIGTERM);
}

static void runs_only(void *data)
{
	(void)data;
	tell('r');
}

static void stopping(void *data)
{
	(void)data;
	tell('e');
}

static int run(const char *behaviour, struct launch_options *options)
{
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct error err;
	int status = -1;

	strv_add(&argv, "/proc/self/exe");
	strv_add(&argv, "--stand-in");
	strv_add(&argv, behaviour);
	memset(told, 0, sizeof(told));
	options->qmp_fd = listen_socket();
	if (launch_run(&argv, options, &status, &err) < 0)
		fail_msg("%s", err.msg);
	close(options->qmp_fd);
	return status;
}

#define OPTIONS(...)                                                                               \
	{                                                                                          \
		.output_fd = -1,                                                                   \
		.events = { started, runs_then_stop, stopping, &(int){ 1 } }, __VA_ARGS__          \
	}

static void the_guest_powers_off(void **state)
{
	struct launch_options options = OPTIONS(.stop_timeout_ms = 3600000);

	(void)state;
	assert_int_equal(run("powers-off", &options), 0);
	assert_string_equal(told, "sre");
}

static void a_refusal_is_followed_by_quit(void **state)
{
	struct launch_options options = OPTIONS(.stop_timeout_ms = 3600000);

	(void)state;
	assert_int_equal(run("refuses", &options), 3);
	assert_string_equal(told, "sre");
}

static void a_guest_that_does_not_care_is_quit_at_the_deadline(void **state)
{
	struct launch_options options = OPTIONS(.stop_timeout_ms = 30);

	(void)state;
	/* Its letter is not for the report of the tests. */
	options.output_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_int_equal(run("ignores", &options), 4);
	close(options.output_fd);
}

static void a_qemu_that_does_not_quit_is_killed(void **state)
{
	struct launch_options options =
		OPTIONS(.stop_timeout_ms = 30, .quit_timeout_ms = 30);

	(void)state;
	assert_int_equal(run("deaf", &options), 137);
}

/* Run it in a process of its own, and wait for a letter of the stand-in's on its standard output. */
static pid_t start(const char *behaviour, struct launch_options options, char letter)
{
	int fds[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		options.output_fd = fds[1];
		_exit(run(behaviour, &options));
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, letter);
	close(fds[0]);
	return pid;
}

static int end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void asked_twice_it_quits_at_once(void **state)
{
	struct launch_options options = OPTIONS(.stop_timeout_ms = 3600000);
	pid_t pid = start("ignores", options, 'p');

	(void)state;
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(end(pid), 4);
}

static void a_terminal_that_closes_asks_once(void **state)
{
	struct launch_options options = OPTIONS(.stop_timeout_ms = 3600000);
	const struct timespec moment = { .tv_nsec = 50000000 };
	pid_t pid = start("ignores", options, 'p');

	(void)state;
	assert_int_equal(kill(pid, SIGHUP), 0);
	nanosleep(&moment, NULL);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(end(pid), 4);
}

static void without_a_monitor_signals_have_to_do(void **state)
{
	static const char *const behaviours[] = { "garbage", "endless" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(behaviours); i++) {
		struct launch_options options = OPTIONS(.stop_timeout_ms = 3600000);
		pid_t pid;

		options.events.runs = runs_only;
		pid = start(behaviours[i], options, 'r');
		assert_int_equal(kill(pid, SIGTERM), 0);
		assert_int_equal(end(pid), 143);
	}
}

/*
 * A guest with one processor that is pinned to the last of ours, and QEMU's other threads to the
 * first: the same where there is but one.
 */
static struct guest pinned_guest(void)
{
	struct guest guest = { .name = (char *)"win", .file = (char *)"win.conf" };
	struct value_cpus first = { .text = (char *)"first", .count = 1 }, last = first;
	char name[8];
	cpu_set_t ours;

	assert_int_equal(sched_getaffinity(0, sizeof(ours), &ours), 0);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
		if (CPU_ISSET(cpu, &ours))
			first.items[0] = (unsigned short)cpu;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &ours))
			last.items[0] = (unsigned short)cpu;
	snprintf(name, sizeof(name), "%u", first.items[0]);
	setenv("EMULATOR_PIN", name, 1);
	snprintf(name, sizeof(name), "%u", last.items[0]);
	setenv("PIN", name, 1);
	guest.cpu = (struct guest_cpu){ .sockets = 1, .cores = 1, .threads = 1,
					.pin = last, .emulator_pin = first };
	return guest;
}

static void threads_are_where_they_belong_before_the_guest_runs(void **state)
{
	struct guest guest = pinned_guest();
	struct launch_options options = OPTIONS(.pinned = &guest);

	(void)state;
	options.events.runs = runs_only;
	assert_int_equal(run("paused", &options), 22);
	/* It ends as soon as it runs, which may be before that has been told. */
	assert_true(strcmp(told, "sr") == 0 || strcmp(told, "s") == 0);
}

/* The error of a launch that is refused, with nothing left running. */
static void expect_no_guest(const char *behaviour, const char *message)
{
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct guest guest = pinned_guest();
	struct launch_options options = OPTIONS(.pinned = &guest, .quit_timeout_ms = 30);
	struct error err;
	int status;

	options.output_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	options.qmp_fd = listen_socket();
	strv_add(&argv, "/proc/self/exe");
	strv_add(&argv, "--stand-in");
	strv_add(&argv, behaviour);
	memset(told, 0, sizeof(told));
	assert_true(launch_run(&argv, &options, &status, &err) < 0);
	if (!strstr(err.msg, message))
		fail_msg("%s: does not say %s", err.msg, message);
	assert_null(strchr(told, 'r'));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	close(options.qmp_fd);
	close(options.output_fd);
}

static void a_guest_whose_threads_cannot_be_pinned_never_runs(void **state)
{
	(void)state;
	expect_no_guest("paused-foreign", "guest win: the thread of processor 0 cannot be pinned");
	expect_no_guest("garbage", "its threads cannot be pinned: its monitor does not answer");
}

static void a_paused_qemu_that_fails_has_its_own_status(void **state)
{
	struct guest guest = pinned_guest();
	struct launch_options options = OPTIONS(.pinned = &guest);

	(void)state;
	assert_int_equal(run("paused-fails", &options), 6);
}

static int refuse(pid_t pid, void *data, struct error *err)
{
	*(pid_t *)data = pid;
	return error_set(err, -ENOSPC, "not this one");
}

static void what_cannot_be_put_on_record_is_not_started(void **state)
{
	_cleanup_(strv_release) struct strv argv = { 0 };
	pid_t pid = 0;
	struct launch_options options = {
		.qmp_fd = -1, .output_fd = -1, .events = { refuse, NULL, NULL, &pid },
	};
	struct error err;
	int status;

	(void)state;
	strv_add(&argv, "/bin/true");
	assert_int_equal(launch_run(&argv, &options, &status, &err), -ENOSPC);
	assert_string_equal(err.msg, "not this one");
	assert_true(pid > 0);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

/* sh tells who it is, and that there is no way back. */
static void qemu_is_not_root(void **state)
{
	static gid_t groups[] = { 4242 };
	struct qemu_user user = { .name = (char *)"test", .uid = 4711, .gid = 4712,
				  .groups = groups, .group_count = 1 };
	struct launch_options options = { .qmp_fd = -1, .output_fd = -1, .user = &user };
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct error err;
	int status = -1;

	(void)state;
	if (geteuid() != 0)
		skip();
	strv_add(&argv, "sh");
	strv_add(&argv, "-c");
	strv_add(&argv, "[ \"$(id -u) $(id -g) $(id -G)\" = '4711 4712 4712 4242' ] && "
			"grep -q '^CapEff:.0*$' /proc/self/status && [ \"$(umask)\" = 0177 ] && "
			"! ls /proc/self/fd/4 2>/dev/null");
	assert_int_equal(launch_run(&argv, &options, &status, &err), 0);
	assert_int_equal(status, 0);
}

static void what_a_user_may_do_is_asked_of_the_kernel(void **state)
{
	struct qemu_user user = { .name = (char *)"test", .uid = 4711, .gid = 4712 };
	struct qemu_access files[] = {
		{ "/etc/passwd", R_OK, -1 },
		{ "/etc/passwd", W_OK, -1 },
		{ "/etc/shadow", R_OK, -1 },
		{ "/absent", R_OK, -1 },
	};
	struct error err;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(qemu_user_try(&user, files, ARRAY_SIZE(files), &err), 0);
	assert_int_equal(files[0].error, 0);
	assert_int_equal(files[1].error, EACCES);
	assert_int_equal(files[2].error, EACCES);
	assert_int_equal(files[3].error, ENOENT);
	assert_int_equal(geteuid(), 0);
}

static void root_has_to_be_named(void **state)
{
	struct qemu_user user;
	struct error err;

	(void)state;
	assert_int_equal(qemu_user_find("auto", &user, &err), 0);
	assert_int_not_equal(user.uid, 0);
	qemu_user_release(&user);
	assert_int_equal(qemu_user_find("root", &user, &err), 0);
	assert_int_equal(user.uid, 0);
	qemu_user_release(&user);
	assert_int_equal(qemu_user_find("no-such-user", &user, &err), -ENOENT);
	assert_string_equal(err.msg, "no-such-user: there is no such user for QEMU: correct user= in "
				     "[guest], or leave it out");
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(socket_directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/qmp", socket_directory);
	unlink(path);
	return rmdir(socket_directory);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_guest_powers_off),
		cmocka_unit_test(a_refusal_is_followed_by_quit),
		cmocka_unit_test(a_guest_that_does_not_care_is_quit_at_the_deadline),
		cmocka_unit_test(a_qemu_that_does_not_quit_is_killed),
		cmocka_unit_test(asked_twice_it_quits_at_once),
		cmocka_unit_test(a_terminal_that_closes_asks_once),
		cmocka_unit_test(without_a_monitor_signals_have_to_do),
		cmocka_unit_test(threads_are_where_they_belong_before_the_guest_runs),
		cmocka_unit_test(a_guest_whose_threads_cannot_be_pinned_never_runs),
		cmocka_unit_test(a_paused_qemu_that_fails_has_its_own_status),
		cmocka_unit_test(what_cannot_be_put_on_record_is_not_started),
		cmocka_unit_test(qemu_is_not_root),
		cmocka_unit_test(what_a_user_may_do_is_asked_of_the_kernel),
		cmocka_unit_test(root_has_to_be_named),
	};

	if (argc == 3 && strcmp(argv[1], "--stand-in") == 0)
		return stand_in(argv[2]);
	signals_as_usual();
	/* What does not come to an end, fails. */
	alarm(120);
	return cmocka_run_group_tests_name("supervise", tests, make_directory, remove_directory);
}
