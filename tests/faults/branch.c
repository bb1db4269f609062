/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many faults for the price of one run of a command that changes nothing.
 *
 *   branch FAULTS DIRECTORY COMMAND...
 *
 * FAULTS has lines "CALL WHICH ERRNO": of the command's calls of that number the WHICH-th, from 0. When
 * the command comes to it, a copy of it is made, which gets the error and goes on to its end; then the
 * command itself makes the call. For the Nth line the copy's output is left in DIRECTORY as N.out and
 * N.err, and "N CODE" comes out here: its exit status, 128 and more for a signal, "hang", or "missed"
 * when the command never came there. The last line is "end CODE", of the command itself.
 *
 * Copy and command share what is open. Positions in files are put back, but what the copy takes out of
 * a pipe or socket is gone: whoever asks for faults in the middle of a conversation spoils it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace.h"

#define FILES_MAX      64
#define SYSCALL_LENGTH 2 /* of the instruction: behind it the call is not made again */

enum { HANG_S = 60 };

struct fault {
	unsigned int call, which;
	int error;
	bool done;
};

struct position {
	int fd;
	off_t at;
};

static struct fault *faults;
static size_t fault_count;
static const char *directory;
static pid_t copy;
static volatile sig_atomic_t hung;

static void read_faults(const char *path)
{
	FILE *in = fopen(path, "re");
	struct fault fault = { 0 };

	if (!in)
		die(path);
	while (fscanf(in, "%u %u %d", &fault.call, &fault.which, &fault.error) == 3) {
		faults = reallocarray(faults, fault_count + 1, sizeof(*faults));
		if (!faults)
			die("branch");
		faults[fault_count++] = fault;
	}
	fclose(in);
}

static int open_output(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

/* On to its next stop. */
static int step(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, 0) < 0 || waitpid(pid, &status, __WALL) < 0)
		die("branch: PTRACE_SYSCALL");
	return status;
}

static size_t save_positions(pid_t pid, struct position *ret)
{
	int pidfd = pidfd_open(pid, 0);
	size_t count = 0;

	for (int fd = 0; fd < FILES_MAX && pidfd >= 0; fd++) {
		struct position position = { .fd = pidfd_getfd(pidfd, fd, 0) };

		position.at = position.fd < 0 ? -1 : lseek(position.fd, 0, SEEK_CUR);
		if (position.at >= 0)
			ret[count++] = position;
		else if (position.fd >= 0)
			close(position.fd);
	}
	close(pidfd);
	return count;
}

static void restore_positions(const struct position *positions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		lseek(positions[i].fd, positions[i].at, SEEK_SET);
		close(positions[i].fd);
	}
}

/* The call under way becomes a fork; the command makes it, once more, after that. */
static void make_copy(pid_t command, struct user_regs_struct *saved)
{
	struct user_regs_struct regs;
	unsigned long child;
	int status;

	get_registers(command, saved);
	regs = *saved;
	regs.orig_rax = SYS_fork;
	set_registers(command, &regs);
	status = step(command);
	if (status >> 16 != PTRACE_EVENT_FORK ||
	    ptrace(PTRACE_GETEVENTMSG, command, NULL, &child) < 0)
		die("branch: no copy can be made");
	copy = (pid_t)child;
	waitpid(copy, &status, __WALL);
	ptrace(PTRACE_SETOPTIONS, copy, NULL, PTRACE_O_TRACESYSGOOD);
	step(command);
	regs = *saved;
	regs.rip -= SYSCALL_LENGTH;
	regs.rax = saved->orig_rax;
	regs.orig_rax = NO_CALL;
	set_registers(command, &regs);
}

/*
 * The kernel closes whatever close returns, and brk returns the old end instead of an error: those
 * calls are made. Any other is not.
 */
static void fail(const struct fault *fault, const struct user_regs_struct *saved)
{
	struct user_regs_struct regs = *saved;

	regs.orig_rax = NO_CALL;
	regs.rax = (unsigned long long)-fault->error;
	if (fault->call == SYS_close || fault->call == SYS_brk) {
		struct user_regs_struct again = *saved;

		again.rip -= SYSCALL_LENGTH;
		again.rax = fault->call;
		again.orig_rax = NO_CALL;
		if (fault->call == SYS_brk)
			again.rdi = 0;
		set_registers(copy, &again);
		step(copy); /* from the fork's end */
		step(copy);
		get_registers(copy, &again);
		if (fault->call == SYS_brk)
			regs.rax = again.rax;
	}
	set_registers(copy, &regs);
}

static void kill_copy(int sig)
{
	(void)sig;
	hung = 1;
	kill(copy, SIGKILL);
}

/* Its exit status, as a shell would have it. */
static int run_copy(void)
{
	int status, signal = 0;

	hung = 0;
	alarm(HANG_S);
	do {
		if (ptrace(PTRACE_CONT, copy, NULL, signal) < 0 && errno != ESRCH)
			die("branch: PTRACE_CONT");
		while (waitpid(copy, &status, __WALL) < 0)
			if (errno != EINTR)
				die("branch: waitpid");
		signal = WIFSTOPPED(status) && status >> 16 == 0 ? WSTOPSIG(status) : 0;
		if (signal == SIGSTOP || signal == (SIGTRAP | 0x80))
			signal = 0;
	} while (WIFSTOPPED(status));
	alarm(0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What it has said in all, from the beginning of the command; what the copy said is cut off again. */
static void take_output(int fd, off_t before, size_t number, const char *suffix)
{
	char name[64], text[65536];
	ssize_t len = pread(fd, text, sizeof(text), 0);
	int out;

	snprintf(name, sizeof(name), "%zu.%s", number, suffix);
	out = open_output(name);
	if (len < 0 || write(out, text, (size_t)len) != len || ftruncate(fd, before) < 0)
		die("branch: output");
	close(out);
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : st.st_size;
}

static void branch(pid_t command, size_t number, int out, int err)
{
	struct position positions[FILES_MAX];
	size_t count = save_positions(command, positions);
	off_t out_before = size_of(out), err_before = size_of(err);
	struct user_regs_struct saved;
	int code;

	faults[number].done = true;
	make_copy(command, &saved);
	fail(&faults[number], &saved);
	code = run_copy();
	take_output(out, out_before, number, "out");
	take_output(err, err_before, number, "err");
	restore_positions(positions, count);
	if (hung)
		printf("%zu hang\n", number);
	else
		printf("%zu %d\n", number, code);
}

/* A helper is none of our business. */
static void let_go(pid_t command)
{
	unsigned long child;
	int status;

	if (ptrace(PTRACE_GETEVENTMSG, command, NULL, &child) < 0)
		return;
	waitpid((pid_t)child, &status, __WALL);
	ptrace(PTRACE_DETACH, (pid_t)child, NULL, 0);
}

/* Whether a copy was made: then the command comes to the same call again. */
static bool at_call(pid_t command, unsigned int call, unsigned int which, int out, int err)
{
	for (size_t i = 0; i < fault_count; i++) {
		if (faults[i].done || faults[i].call != call || faults[i].which != which)
			continue;
		branch(command, i, out, err);
		return true;
	}
	return false;
}

static int watch(pid_t command, int out, int err)
{
	unsigned int counts[CALLS_MAX] = { 0 };
	bool begun = false, entering = true;
	int status = step(command), signal = 0;

	while (WIFSTOPPED(status)) {
		signal = WSTOPSIG(status);
		if (signal == (SIGTRAP | 0x80)) {
			struct user_regs_struct regs;

			get_registers(command, &regs);
			signal = 0;
			if (begun && entering && regs.orig_rax < CALLS_MAX) {
				if (!at_call(command, (unsigned int)regs.orig_rax,
					     counts[regs.orig_rax], out, err)) {
					counts[regs.orig_rax]++;
					entering = false;
				}
			} else {
				entering = !entering;
			}
		} else if (status >> 16 == PTRACE_EVENT_EXEC) {
			begun = true;
			signal = 0;
		} else if (status >> 16) {
			let_go(command);
			signal = 0;
		}
		if (ptrace(PTRACE_SYSCALL, command, NULL, signal) < 0 ||
		    waitpid(command, &status, __WALL) < 0)
			die("branch: PTRACE_SYSCALL");
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static pid_t start(char **argv, int out, int err)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("branch: fork");
	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		close(out);
		close(err);
		ptrace(PTRACE_TRACEME);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	waitpid(pid, &status, 0);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE) < 0)
		die("branch: PTRACE_SETOPTIONS");
	return pid;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = kill_copy };
	int out, err, code;

	if (argc < 4) {
		fputs("usage: branch FAULTS DIRECTORY COMMAND...\n", stderr);
		return TROUBLE;
	}
	read_faults(argv[1]);
	directory = argv[2];
	sigaction(SIGALRM, &action, NULL);
	out = open_output("out");
	err = open_output("err");
	code = watch(start(argv + 3, out, err), out, err);
	for (size_t i = 0; i < fault_count; i++)
		if (!faults[i].done)
			printf("%zu missed\n", i);
	printf("end %d\n", code);
	return 0;
}
