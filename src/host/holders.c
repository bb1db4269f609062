/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/holders.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

/* drm/card0/dev is two levels down, sound/card0/controlC0/dev three, virtio0/drm/card0/dev too. */
#define NODE_DEPTH 4

/* A device number and the function that its node belongs to. */
struct node {
	dev_t number;
	struct pci_addr addr;
};

struct nodes {
	struct node *items;
	size_t count;
};

static void nodes_add(struct nodes *nodes, int dirfd, struct pci_addr addr)
{
	unsigned int major, minor;
	char text[32];

	if (fileat_read(dirfd, "dev", text, sizeof(text)) < 0 ||
	    sscanf(text, "%u:%u", &major, &minor) != 2)
		return;
	ARRAY_GROW(nodes->items, nodes->count);
	nodes->items[nodes->count++] = (struct node){ makedev(major, minor), addr };
}

/* Links lead out of the function; a child function below a bridge is not this function. */
static void nodes_below(struct nodes *nodes, int parent, const char *name, struct pci_addr addr,
			int depth)
{
	struct pci_addr other;
	struct error ignored;
	struct dirent *entry;
	DIR *dir;
	int fd;

	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (depth > 0)
		nodes_add(nodes, fd, addr);
	while (depth < NODE_DEPTH && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    pci_addr_parse(entry->d_name, &other, NULL, &ignored) < 0)
			nodes_below(nodes, fd, entry->d_name, addr, depth + 1);
	closedir(dir);
}

/* The group's node is no child of the function: it hangs in the vfio class, named by the group. */
static void nodes_of_group(struct nodes *nodes, const struct host_root *root, const char *function,
			   struct pci_addr addr)
{
	char link[128], group[32], path[128];
	int fd;

	snprintf(link, sizeof(link), "%s/iommu_group", function);
	if (fileat_readlink_base(root->fd, link, group, sizeof(group)) < 0)
		return;
	snprintf(path, sizeof(path), NAME_VFIO_CLASS "/%s", group);
	fd = host_root_openat(root, path, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return;
	nodes_add(nodes, fd, addr);
	close(fd);
}

static void holders_add(struct holders *holders, int proc_fd, const char *pid, const char *fd_path,
			struct pci_addr addr)
{
	struct holder h = { .addr = addr, .pid = (pid_t)atoi(pid) };
	char path[NAME_MAX + 8];
	ssize_t len = readlinkat(proc_fd, fd_path, h.node, sizeof(h.node) - 1);

	h.node[len > 0 ? len : 0] = '\0';
	snprintf(path, sizeof(path), "%s/comm", pid);
	if (fileat_read(proc_fd, path, h.name, sizeof(h.name)) < 0)
		strcpy(h.name, "?");
	for (size_t i = 0; i < holders->count; i++)
		if (holders->items[i].pid == h.pid && !strcmp(holders->items[i].node, h.node))
			return;
	ARRAY_GROW(holders->items, holders->count);
	holders->items[holders->count++] = h;
}

/* By device number, not by name: a container or a bind mount may call the node anything. */
static void scan_process(struct holders *holders, int proc_fd, const char *pid,
			 const struct nodes *nodes)
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
		holders->complete &= errno != EACCES && errno != EPERM;
		return;
	}
	dir = fdopendir(fd);
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    fstatat(fd, entry->d_name, &st, 0) < 0 || !S_ISCHR(st.st_mode))
			continue;
		for (size_t i = 0; i < nodes->count; i++) {
			if (nodes->items[i].number != st.st_rdev)
				continue;
			snprintf(path, sizeof(path), "%s/fd/%s", pid, entry->d_name);
			holders_add(holders, proc_fd, pid, path, nodes->items[i].addr);
		}
	}
	closedir(dir);
}

static void scan_processes(struct holders *holders, const struct host_root *root,
			   const struct nodes *nodes)
{
	int fd = host_root_openat(root, NAME_PROC, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return;
	dir = fdopendir(fd);
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			scan_process(holders, fd, entry->d_name, nodes);
	closedir(dir);
}

void holders_read(const struct host_root *root, const struct pci_addr *addrs, size_t count,
		  struct holders *ret)
{
	struct nodes nodes = { 0 };
	char function[64];

	*ret = (struct holders){ .complete = true };
	for (size_t i = 0; i < count; i++) {
		snprintf(function, sizeof(function), NAME_PCI_DEVICES "/%s",
			 pci_addr_text(addrs[i]).text);
		nodes_below(&nodes, root->fd, function, addrs[i], 0);
		nodes_of_group(&nodes, root, function, addrs[i]);
	}
	if (nodes.count > 0)
		scan_processes(ret, root, &nodes);
	free(nodes.items);
}

void holders_release(struct holders *holders)
{
	free(holders->items);
	*holders = (struct holders){ 0 };
}
