/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Make one system call of a command fail, or list them all.
 *
 *   inject list FILE COMMAND...            one line a call: process, which of them, the call, a path
 *   inject PROCESS CALL WHICH ERRNO COMMAND...  the process's call of that number, the WHICH-th from 0
 *
 * Process 0 is the command, 1 the first child it makes, and so on; a child is looked at until it
 * executes another program. Calls are counted for each process by itself, so that it does not matter
 * who of two is faster. Only the one kind of call stops a process, which is ten times as quick as strace.
 * Exits as the command does, 128+N for signal N; 125 when the call was never made.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace.h"

#define PROCESSES_MAX 16

enum { NOT_REACHED = 125 };

struct process {
	pid_t pid;
	bool begun;  /* the first one: it has executed the command */
	bool left;   /* it runs another program now */
	unsigned int counts[CALLS_MAX];
	bool failing; /* it is in the call that is to fail */
	unsigned long long argument; /* the first, as it was */
};

static struct process processes[PROCESSES_MAX];
static size_t process_count;
static FILE *listing;
static unsigned long wanted_process, wanted_call, wanted_which;
static long wanted_errno;
static bool injected;

static struct process *find(pid_t pid)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (process_count == PROCESSES_MAX)
		die("inject: too many processes");
	processes[process_count] = (struct process){ .pid = pid, .begun = process_count > 0 };
	return &processes[process_count++];
}

static void peek_text(pid_t pid, unsigned long long at, char *ret, size_t size)
{
	struct iovec here = { ret, size - 1 }, there = { (void *)(uintptr_t)at, size - 1 };
	ssize_t n = 0;

	/* The text may end just before a page that is not there. */
	while (here.iov_len > 0 && (n = process_vm_readv(pid, &here, 1, &there, 1, 0)) < 0)
		here.iov_len = there.iov_len = here.iov_len / 2;
	ret[n > 0 ? n : 0] = '\0';
	for (char *c = ret; *c; c++)
		if (*c < ' ')
			*c = '?';
}

static void peek_fd(pid_t pid, unsigned long long fd, char *ret, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, (int)fd);
	n = readlink(path, ret, size - 1);
	ret[n > 0 ? n : 0] = '\0';
}

static void list(const struct process *process, const struct __ptrace_syscall_info *info)
{
	char subject[160] = "";
	int used = 0;

	switch (info->entry.nr) {
	case SYS_open: case SYS_readlink: case SYS_access: case SYS_mkdir: case SYS_unlink:
		peek_text(process->pid, info->entry.args[0], subject, sizeof(subject));
		break;
	case SYS_openat: case SYS_openat2: case SYS_readlinkat: case SYS_newfstatat:
	case SYS_faccessat: case SYS_faccessat2: case SYS_mkdirat: case SYS_unlinkat:
	case SYS_renameat: case SYS_renameat2: case SYS_fchownat: case SYS_symlinkat:
		peek_text(process->pid, info->entry.args[1], subject, sizeof(subject));
		break;
	case SYS_fcntl:
		snprintf(subject, sizeof(subject), "%d", (int)info->entry.args[1]);
		break;
	case SYS_mmap: case SYS_munmap: case SYS_brk: case SYS_poll: case SYS_wait4:
		break;
	case SYS_write:
		used = snprintf(subject, sizeof(subject), "%d ", (int)info->entry.args[0]);
		/* fall through */
	default:
		peek_fd(process->pid, info->entry.args[0], subject + used, sizeof(subject) - used);
	}
	fprintf(listing, "%zu %u %llu %s\n", (size_t)(process - processes),
		process->counts[info->entry.nr], (unsigned long long)info->entry.nr, subject);
}

/*
 * The kernel closes and unmaps whatever it returns, and brk returns the old end instead of an error:
 * those calls are made. Any other is not.
 */
static void begin_to_fail(struct process *process)
{
	struct user_regs_struct regs;

	process->failing = true;
	get_registers(process->pid, &regs);
	process->argument = regs.rdi;
	if (wanted_call == SYS_close)
		return;
	if (wanted_call == SYS_brk)
		regs.rdi = 0;
	else
		regs.orig_rax = NO_CALL;
	set_registers(process->pid, &regs);
}

static void fail(struct process *process)
{
	struct user_regs_struct regs;

	process->failing = false;
	injected = true;
	get_registers(process->pid, &regs);
	regs.rdi = process->argument;
	if (wanted_call != SYS_brk)
		regs.rax = (unsigned long long)-wanted_errno;
	set_registers(process->pid, &regs);
}

/* At the beginning or the end of a call when all are listed, else at the end of the one that fails. */
static void at_system_call(struct process *process)
{
	struct __ptrace_syscall_info info;

	if (process->failing) {
		fail(process);
		return;
	}
	if (!listing || !process->begun || process->left)
		return;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) < 0)
		die("inject: PTRACE_GET_SYSCALL_INFO");
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr >= CALLS_MAX)
		return;
	list(process, &info);
	process->counts[info.entry.nr]++;
}

/* The filter has let the wanted kind of call stop here, before it is made. */
static void at_wanted_call(struct process *process)
{
	if (!process->begun || process->left || injected)
		return;
	if ((unsigned long)(process - processes) == wanted_process &&
	    process->counts[wanted_call] == wanted_which)
		begin_to_fail(process);
	process->counts[wanted_call]++;
}

/* Returns the signal to hand on. */
static int at_stop(struct process *process, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	unsigned long child;

	if (signal == (SIGTRAP | 0x80)) {
		at_system_call(process);
		return 0;
	}
	if (event == PTRACE_EVENT_SECCOMP) {
		at_wanted_call(process);
	} else if (event == PTRACE_EVENT_EXEC) {
		process->left = process->begun;
		process->begun = true;
	} else if (event && ptrace(PTRACE_GETEVENTMSG, process->pid, NULL, &child) == 0) {
		find((pid_t)child);
	}
	/* A new child begins with a stop of its own. */
	return event || signal == SIGSTOP ? 0 : signal;
}

static int watch(pid_t command)
{
	int status, result = TROUBLE;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid != command)
				continue;
			result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
			/* A child that was left behind goes on by itself. */
			break;
		}
		struct process *process = find(pid);
		int signal = at_stop(process, status);

		if (ptrace(listing || process->failing ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL,
			   signal) < 0 && errno != ESRCH)
			die("inject: PTRACE_SYSCALL");
	}
	return listing || injected ? result : NOT_REACHED;
}

/* No look at the architecture: what is started here is built for this one. */
static void stop_at_wanted_call(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)wanted_call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	/* Root needs no PR_SET_NO_NEW_PRIVS, which would be felt by what is started. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	     syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0))
		die("inject: seccomp");
}

static pid_t start(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("inject: fork");
	if (pid == 0) {
		ptrace(PTRACE_TRACEME);
		raise(SIGSTOP);
		if (!listing)
			stop_at_wanted_call();
		execvp(argv[0], argv);
		die(argv[0]);
	}
	waitpid(pid, &status, 0);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			   PTRACE_O_TRACESECCOMP) < 0)
		die("inject: PTRACE_SETOPTIONS");
	find(pid);
	ptrace(listing ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL, 0);
	return pid;
}

int main(int argc, char **argv)
{
	int command = argc > 1 && strcmp(argv[1], "list") == 0 ? 3 : 5;

	if (argc <= command) {
		fputs("usage: inject list FILE COMMAND...\n"
		      "       inject PROCESS CALL WHICH ERRNO COMMAND...\n", stderr);
		return TROUBLE;
	}
	if (command == 3) {
		listing = fopen(argv[2], "we");
		if (!listing)
			die(argv[2]);
	} else {
		wanted_process = strtoul(argv[1], NULL, 10);
		wanted_call = strtoul(argv[2], NULL, 10);
		wanted_which = strtoul(argv[3], NULL, 10);
		wanted_errno = strtol(argv[4], NULL, 10);
		if (wanted_call >= CALLS_MAX) {
			fprintf(stderr, "inject: %lu: there is no such call\n", wanted_call);
			return TROUBLE;
		}
	}
	return watch(start(argv + command));
}
