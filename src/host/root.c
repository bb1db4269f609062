/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/read-failure.h"

int host_root_open(const char *path, struct host_root *ret, struct error *err)
{
	int fd = open(path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		read_failure_note(AT_FDCWD, path ? path : "/", -errno);
		return error_errno(err, -errno, "%s: cannot open this host root", path ? path : "/");
	}
	*ret = (struct host_root){ .fd = fd, .path = path ? path : "/", .live = !path };
	return 0;
}

void host_root_close(struct host_root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

int host_root_openat(const struct host_root *root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	long fd = -1;

	path += strspn(path, "/");
	if (!root->live)
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
	/* Before Linux 5.6, and under some sandboxes, openat2 is not there: links are then trusted. */
	if (root->live || (fd < 0 && (errno == ENOSYS || errno == EPERM)))
		fd = openat(root->fd, path, flags | O_CLOEXEC);
	if (fd >= 0)
		return (int)fd;
	fd = -errno;
	read_failure_note(root->fd, path, (int)fd);
	return (int)fd;
}
