/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/holders.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "base/printable.h"
#include "base/read-failure.h"
#include "host/device-nodes.h"
#include "host/names.h"

static void holders_add(struct holders *holders, int proc_fd, const char *pid, const char *fd_path,
			const struct device_node *node)
{
	struct holder h = { .addr = node->addr, .shared = node->shared, .pid = (pid_t)atoi(pid) };
	char path[NAME_MAX + 8], *deleted;
	ssize_t len = readlinkat(proc_fd, fd_path, h.node, sizeof(h.node) - 1);

	h.node[len > 0 ? len : 0] = '\0';
	/* A driver that lets go removes its nodes while processes have them open. */
	deleted = strstr(h.node, " (deleted)");
	if (deleted)
		*deleted = '\0';
	snprintf(path, sizeof(path), "%s/comm", pid);
	if (fileat_read(proc_fd, path, h.name, sizeof(h.name)) < 0)
		strcpy(h.name, "?");
	printable(h.name);
	for (size_t i = 0; i < holders->count; i++)
		if (holders->items[i].pid == h.pid && !strcmp(holders->items[i].node, h.node))
			return;
	ARRAY_GROW(holders->items, holders->count);
	holders->items[holders->count++] = h;
}

/* Of files on a network or in FUSE nothing may be known, even to root; of a node always. */
static bool is_device(int fds, const char *name, struct stat *st)
{
	char target[64];
	int r;

	if (fstatat(fds, name, st, 0) == 0)
		return S_ISCHR(st->st_mode);
	r = -errno;
	if (r != -ENOENT && fileat_readlink(fds, name, target, sizeof(target)) > 0 &&
	    strncmp(target, "/dev/", 5) == 0)
		read_failure_note(fds, name, r);
	return false;
}

/* By device number, not by name: a container or a bind mount may call the node anything. */
static void scan_process(struct holders *holders, int proc_fd, const char *pid,
			 const struct device_nodes *nodes)
{
	char path[2 * NAME_MAX + 8];
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%s/fd", pid);
	fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		/* A process that has ended in the meantime holds nothing any more. */
		if (errno == EACCES || errno == EPERM)
			holders->complete = false;
		else
			read_failure_note(proc_fd, path, -errno);
		return;
	}
	dir = dir_open(fd);
	while ((entry = dir_next(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !is_device(fd, entry->d_name, &st))
			continue;
		for (size_t i = 0; i < nodes->count; i++) {
			if (nodes->items[i].number != st.st_rdev)
				continue;
			snprintf(path, sizeof(path), "%s/fd/%s", pid, entry->d_name);
			holders_add(holders, proc_fd, pid, path, &nodes->items[i]);
		}
	}
	dir_close(dir);
}

static void scan_processes(struct holders *holders, const struct host_root *root,
			   const struct device_nodes *nodes)
{
	int fd = host_root_openat(root, NAME_PROC, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return;
	dir = dir_open(fd);
	while ((entry = dir_next(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			scan_process(holders, fd, entry->d_name, nodes);
	dir_close(dir);
}

void holders_read(const struct host_root *root, const struct pci_addr *addrs, size_t count,
		  struct holders *ret)
{
	*ret = (struct holders){ .complete = true };
	for (size_t i = 0; i < count; i++)
		device_nodes_add(&ret->nodes, root, addrs[i]);
	if (ret->nodes.count > 0)
		scan_processes(ret, root, &ret->nodes);
}

void holders_read_again(const struct host_root *root, const struct holders *before,
			struct holders *ret)
{
	*ret = (struct holders){ .complete = true };
	if (before->nodes.count > 0)
		scan_processes(ret, root, &before->nodes);
}

void holders_release(struct holders *holders)
{
	free(holders->items);
	free(holders->nodes.items);
	*holders = (struct holders){ 0 };
}
