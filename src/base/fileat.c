/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fileat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/read-failure.h"

ssize_t fd_read(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* The descriptor, or the negative errno, which is noted. */
static ssize_t noted(int dirfd, const char *path, ssize_t r)
{
	if (r < 0)
		read_failure_note(dirfd, path, (int)r);
	return r;
}

int fileat_open(int dirfd, const char *path, int flags)
{
	/* What should be a file may be a pipe, or a terminal's line, whose opening would wait. */
	int fd = openat(dirfd, path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return (int)noted(dirfd, path, fd < 0 ? -errno : fd);
}

ssize_t fileat_read(int dirfd, const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = fileat_open(dirfd, path, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return fd;
	len = noted(dirfd, path, fd_read(fd, buf, size - 1));
	if (len < 0)
		return len;
	while (len > 0 && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return len;
}

ssize_t fd_read_all(int fd, size_t max, char **ret)
{
	_cleanup_free_ char *buf = NULL;
	size_t size = 4096, len = 0;

	for (;;) {
		ssize_t n;

		buf = xreallocarray(buf, size + 1, 1);
		n = fd_read(fd, buf + len, size - len);
		if (n < 0)
			return n;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
		if (len < size)
			break;
		size *= 2;
	}
	buf[len] = '\0';
	*ret = TAKE_PTR(buf);
	return (ssize_t)len;
}

ssize_t fileat_read_all(int dirfd, const char *path, size_t max, char **ret)
{
	_cleanup_close_ int fd = fileat_open(dirfd, path, O_RDONLY);

	return fd < 0 ? fd : noted(dirfd, path, fd_read_all(fd, max, ret));
}

ssize_t fileat_readlink(int dirfd, const char *path, char *buf, size_t size)
{
	ssize_t len = readlinkat(dirfd, path, buf, size - 1);

	buf[len > 0 ? len : 0] = '\0';
	return noted(dirfd, path, len < 0 ? -errno : len);
}

ssize_t fileat_readlink_base(int dirfd, const char *path, char *buf, size_t size)
{
	char target[4096];
	ssize_t len = fileat_readlink(dirfd, path, target, sizeof(target));
	const char *base;

	if (len < 0)
		return len;
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	len = (ssize_t)strlen(base);
	if ((size_t)len >= size)
		return -ENAMETOOLONG;
	memcpy(buf, base, (size_t)len + 1);
	return len;
}

static int write_whole(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The owner first: a change of it takes mode bits away. */
static int make_alike(int fd, const struct stat *like)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_uid != like->st_uid || st.st_gid != like->st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) < 0)
		return -errno;
	return fchmod(fd, like->st_mode & 07777) < 0 ? -errno : 0;
}

/* By way of a file called temporary; flags as for renameat2(2); like may be NULL. */
static int put_file(int dirfd, const char *temporary, const char *name, const char *data,
		    size_t len, mode_t mode, const struct stat *like, unsigned int flags)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (unlinkat(dirfd, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	r = like ? make_alike(fd, like) : 0;
	if (r == 0)
		r = write_whole(fd, data, len);
	if (r == 0 && renameat2(dirfd, temporary, dirfd, name, flags) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dirfd, temporary, 0);
		return r;
	}
	return fsync(dirfd) < 0 ? -errno : 0;
}

static int replace(int dirfd, const char *name, const char *data, size_t len, mode_t mode,
		   const struct stat *like)
{
	char temporary[256];
	int r = snprintf(temporary, sizeof(temporary), ".%s.new", name);

	if (r < 0 || (size_t)r >= sizeof(temporary))
		return -ENAMETOOLONG;
	return put_file(dirfd, temporary, name, data, len, mode, like, 0);
}

int fileat_replace(int dirfd, const char *name, const char *data, size_t len, mode_t mode)
{
	return replace(dirfd, name, data, len, mode, NULL);
}

int fileat_replace_alike(int dirfd, const char *name, const char *data, size_t len)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? replace(dirfd, name, data, len, 0600, &st) : -EINVAL;
}

int fileat_create(int dirfd, const char *name, const char *data, size_t len, mode_t mode)
{
	char temporary[256];
	int r = snprintf(temporary, sizeof(temporary), ".%s.%d", name, getpid());

	if (r < 0 || (size_t)r >= sizeof(temporary))
		return -ENAMETOOLONG;
	return put_file(dirfd, temporary, name, data, len, mode, NULL, RENAME_NOREPLACE);
}
