/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In QEMU's place, for a guest that has run as soon as its monitor says so: opens the card as QEMU
 * does, notes in /run/guest/out/ran that it could, answers the monitor and ends with 42; with 43
 * where it has not got the card. A monitor that nobody speaks to for a second is no reason to stay.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MONITOR = 3, PATIENCE_S = 1, RAN = 42, NO_CARD = 43 };

static void say_what_it_can(void)
{
	execl("/bin/cat", "cat", "/run/guest/answers", (char *)NULL);
	_exit(1);
}

static int open_card(void)
{
	DIR *nodes = opendir("/dev/vfio");
	struct dirent *entry;
	int fd = -1;

	while (nodes && fd < 0 && (entry = readdir(nodes)))
		if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			fd = openat(dirfd(nodes), entry->d_name, O_RDWR);
	return fd;
}

static void answer(int monitor, const char *line)
{
	char id[64] = "";
	const char *at = strstr(line, "\"id\": \"");

	if (at)
		sscanf(at, "\"id\": \"%63[^\"]", id);
	dprintf(monitor, "{\"return\": {\"status\": \"running\"}, \"id\": \"%s\"}\n", id);
	if (strcmp(id, "query-status") != 0)
		return;
	dprintf(monitor, "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
			 "\"guest-shutdown\"}}\n");
	_exit(RAN);
}

static void give_up(int sig)
{
	(void)sig;
	_exit(RAN);
}

int main(int argc, char **argv)
{
	char line[1024];
	FILE *monitor;
	int card, fd;

	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-machine") == 0 && strncmp(argv[i + 1], "none", 4) == 0)
			say_what_it_can();
	card = open_card();
	if (card < 0)
		return NO_CARD;
	close(open("/run/guest/out/ran", O_WRONLY | O_CREAT, 0600));
	signal(SIGALRM, give_up);
	alarm(PATIENCE_S);
	fd = accept(MONITOR, NULL, NULL);
	monitor = fd < 0 ? NULL : fdopen(fd, "r");
	if (!monitor)
		return RAN;
	dprintf(fd, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n");
	while (fgets(line, sizeof(line), monitor))
		answer(fd, line);
	return RAN;
}
