/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What tracers of a command share: its registers, its system calls, and an end in trouble. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define CALLS_MAX 512
#define NO_CALL	  (-1ULL) /* as orig_rax: the call is not made */

enum { TROUBLE = 126 };

static inline _Noreturn void die(const char *what)
{
	perror(what);
	exit(TROUBLE);
}

static inline void get_registers(pid_t pid, struct user_regs_struct *regs)
{
	struct iovec io = { regs, sizeof(*regs) };

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &io) < 0)
		die("PTRACE_GETREGSET");
}

static inline void set_registers(pid_t pid, const struct user_regs_struct *regs)
{
	struct iovec io = { (void *)regs, sizeof(*regs) };

	if (ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &io) < 0)
		die("PTRACE_SETREGSET");
}
