/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "base/read-failure.h"

/* Nothing that is read this way is larger; it bounds what a damaged capture can cost. */
#define TEXT_MAX (4 << 20)

ssize_t host_read(const struct host_root *root, const char *path, char **ret)
{
	_cleanup_close_ int fd = host_root_openat(root, path, O_RDONLY | O_NONBLOCK);

	ssize_t len = fd < 0 ? fd : fd_read_all(fd, TEXT_MAX, ret);

	if (len < 0)
		read_failure_note(root->fd, path, (int)len);
	return len;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int host_list(const struct host_root *root, const char *path, struct strv *ret)
{
	int fd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = dir_open(fd);
	while ((entry = dir_next(dir)))
		if (entry->d_name[0] != '.')
			strv_add(ret, entry->d_name);
	dir_close(dir);
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_names);
	return 0;
}

int host_readlink(const struct host_root *root, const char *path, char *buf, size_t size)
{
	_cleanup_free_ char *parent = xstrdup(path);
	char *slash = strrchr(parent, '/');
	_cleanup_close_ int fd = -1;
	ssize_t len;

	if (slash)
		*slash = '\0';
	fd = host_root_openat(root, slash ? parent : ".", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	len = fileat_readlink(fd, slash ? slash + 1 : path, buf, size);
	if (len < 0)
		return (int)len;
	return (size_t)len + 1 >= size ? -ENAMETOOLONG : 0;
}

bool host_has(const struct host_root *root, const char *path)
{
	_cleanup_close_ int fd = host_root_openat(root, path, O_PATH);

	return fd >= 0;
}
