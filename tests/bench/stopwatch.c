/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stopwatch COMMAND [ARGUMENT...]: runs it, and prints on descriptor 3 for how many nanoseconds the
 * only processor was not idle between fork(2) and its end, udevd and kernel threads included; and
 * then the same up to when udevd is done with all that it has set off, which one tool waits for and
 * another does not; and how many processes were started until then, this command's own included.
 * Under QEMU's -icount the times are numbers of instructions, which no load on the real machine
 * changes. It starts when udevd has nothing left to do of what went before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The number in the line of path that format fits. */
static long long number_in(const char *path, const char *format)
{
	FILE *file = fopen(path, "re");
	long long number = -1;
	char line[256];

	while (file && number < 0 && fgets(line, sizeof(line), file))
		sscanf(line, format, &number);
	if (number < 0) {
		fprintf(stderr, "stopwatch: %s: it does not say\n", path);
		_exit(126);
	}
	fclose(file);
	return number;
}

/* Exact with NO_HZ, where /proc/stat counts in hundredths of a second. */
static long long idle(void)
{
	return number_in("/proc/timer_list", " .idle_sleeptime : %lld");
}

static long long processes(void)
{
	return number_in("/proc/stat", "processes %lld");
}

/* udevd has this file while it has work. Sleeping costs next to nothing: idle time does not count. */
static void wait_for_rest(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	for (int quiet = 0; quiet < 3; quiet++) {
		nanosleep(&pause, NULL);
		if (access("/run/udev/queue", F_OK) == 0)
			quiet = -1;
	}
}

int main(int argc, char **argv)
{
	long long begin, end, resumed, rest, idle_begin, idle_end, busy, forks;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: stopwatch COMMAND [ARGUMENT...] 3>FILE\n", stderr);
		return 2;
	}
	wait_for_rest();
	forks = processes();
	idle_begin = idle();
	begin = now();
	pid = vfork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	end = now();
	idle_end = idle();
	busy = end - begin - (idle_end - idle_begin);
	/* What it takes to read the idle time is not the command's. */
	resumed = now();
	wait_for_rest();
	rest = now();
	dprintf(3, "%lld %lld %lld\n", busy, busy + rest - resumed - (idle() - idle_end),
		processes() - forks);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
