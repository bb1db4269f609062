/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stopwatch COMMAND [ARGUMENT...]: runs it, and prints on descriptor 3 for how many nanoseconds the
 * only processor was not idle between fork(2) and its end, udevd and kernel threads included. Under
 * QEMU's -icount that is a number of instructions, which no load on the real machine changes.
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

/* Exact with NO_HZ, where /proc/stat counts in hundredths of a second. */
static long long idle(void)
{
	FILE *file = fopen("/proc/timer_list", "re");
	long long nsecs = -1;
	char line[256];

	while (file && nsecs < 0 && fgets(line, sizeof(line), file))
		sscanf(line, " .idle_sleeptime : %lld", &nsecs);
	if (nsecs < 0) {
		perror("stopwatch: /proc/timer_list");
		_exit(126);
	}
	fclose(file);
	return nsecs;
}

int main(int argc, char **argv)
{
	long long idle_before, begin, end;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: stopwatch COMMAND [ARGUMENT...] 3>FILE\n", stderr);
		return 2;
	}
	idle_before = idle();
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
	dprintf(3, "%lld\n", end - begin - (idle() - idle_before));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
