/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/setup-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/files.h"

#define TEXT_MAX (1 << 20)
#define BACKUPS_MAX 9

int setup_file_read(const struct host_root *root, const char *path, char **ret, struct error *err)
{
	ssize_t len;

	*ret = NULL;
	len = host_read(root, path, ret);
	if (len >= 0 && strlen(*ret) != (size_t)len) {
		free(TAKE_PTR(*ret));
		return error_set(err, -EINVAL, "%s: is no text", path);
	}
	return len >= 0 || len == -ENOENT ? 0 : error_errno(err, (int)len, "%s: cannot be read", path);
}

/* The directory of path, made if need be; *ret_name is the rest. */
static int open_parent(const struct host_root *root, const char *path, const char **ret_name,
		       struct error *err)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(slash - path));
	int fd = host_root_openat(root, slash > path ? parent : "/", O_RDONLY | O_DIRECTORY);

	*ret_name = slash + 1;
	if (fd == -ENOENT && slash > path) {
		_cleanup_close_ int above = -1;
		const char *name;

		above = open_parent(root, parent, &name, err);
		if (above < 0)
			return above;
		if (mkdirat(above, name, 0755) < 0)
			return error_errno(err, -errno, "%s: cannot make the directory", parent);
		if (fsync(above) < 0)
			return error_errno(err, -errno, "%s: cannot make the directory", parent);
		fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		fd = fd < 0 ? -errno : fd;
	}
	return fd < 0 ? error_errno(err, fd, "%s: cannot be opened", parent) : fd;
}

static char *backup_name(const char *name, int number)
{
	return number == 1 ? xasprintf("%s" SETUP_BACKUP_SUFFIX, name)
			   : xasprintf("%s" SETUP_BACKUP_SUFFIX ".%d", name, number);
}

static bool holds(int dirfd, const char *name, const char *text)
{
	_cleanup_free_ char *found = NULL;

	return fileat_read_all(dirfd, name, TEXT_MAX, &found) >= 0 && strcmp(found, text) == 0;
}

/* With the file's owner and mode, for it may be a secret. One of the same text is as good. */
static int keep_backup(int dirfd, const char *name, const char *text)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	for (int i = 1; i <= BACKUPS_MAX; i++) {
		_cleanup_free_ char *backup = backup_name(name, i);
		int r = fileat_create(dirfd, backup, text, strlen(text), 0600);

		if (r == -EEXIST && !holds(dirfd, backup, text))
			continue;
		if (r < 0 && r != -EEXIST)
			return r;
		if (st.st_uid + st.st_gid != 0 &&
		    fchownat(dirfd, backup, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
			return -errno;
		return fchmodat(dirfd, backup, st.st_mode & 07777, 0) < 0 ? -errno : 0;
	}
	return -EEXIST;
}

static void remove_backup(int dirfd, const char *name, const char *text)
{
	for (int i = 1; i <= BACKUPS_MAX; i++) {
		_cleanup_free_ char *backup = backup_name(name, i);

		if (holds(dirfd, backup, text)) {
			(void)unlinkat(dirfd, backup, 0);
			return;
		}
	}
}

/* ".NAME.new", ".NAME.1234": what a kill just before a rename has left of NAME, or of its copy. */
static bool is_leftover(const char *entry, const char *name)
{
	size_t len = strlen(name);
	const char *end = strrchr(entry, '.');

	return entry[0] == '.' && strncmp(entry + 1, name, len) == 0 && entry[len + 1] == '.' &&
	       (strcmp(end, ".new") == 0 || (end[1] && !end[1 + strspn(end + 1, "0123456789")]));
}

static void remove_leftovers(int dirfd, const char *name)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_leftover(entry->d_name, name))
			(void)unlinkat(dirfd, entry->d_name, 0);
	if (dir)
		closedir(dir);
}

static int check_standing(const struct host_root *root, const struct file_change *change,
			  enum file_standing wanted, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	int r = setup_file_read(root, change->path, &text, err);

	if (r == 0 && file_change_standing(change, text) != wanted)
		r = error_set(err, -EAGAIN, "%s: someone has changed it meanwhile", change->path);
	return r;
}

int setup_file_write(const struct host_root *root, const struct file_change *change,
		     struct error *err)
{
	int r = check_standing(root, change, FILE_AS_BEFORE, err);
	_cleanup_close_ int fd = -1;
	const char *name;

	if (r < 0)
		return r;
	fd = open_parent(root, change->path, &name, err);
	if (fd < 0)
		return fd;
	remove_leftovers(fd, name);
	if (!change->before) {
		r = fileat_create(fd, name, change->after, strlen(change->after), 0644);
	} else {
		r = keep_backup(fd, name, change->before);
		if (r < 0)
			return error_errno(err, r, "%s: cannot keep a copy of it", change->path);
		r = fileat_replace_alike(fd, name, change->after, strlen(change->after));
		if (r < 0)
			remove_backup(fd, name, change->before);
	}
	return r < 0 ? error_errno(err, r, "%s: cannot be written", change->path) : 0;
}

static int put_back(int fd, const char *name, const char *before)
{
	if (before)
		return fileat_replace_alike(fd, name, before, strlen(before));
	return unlinkat(fd, name, 0) < 0 || fsync(fd) < 0 ? -errno : 0;
}

int setup_file_restore(const struct host_root *root, const struct file_change *change,
		       enum file_standing standing, struct error *err)
{
	int r = check_standing(root, change, standing, err);
	_cleanup_close_ int fd = -1;
	const char *name;

	if (r < 0)
		return r;
	fd = open_parent(root, change->path, &name, err);
	if (fd < 0)
		return fd;
	if (standing == FILE_AS_AFTER)
		r = put_back(fd, name, change->before);
	if (r < 0)
		return error_errno(err, r, "%s: cannot be put back", change->path);
	remove_leftovers(fd, name);
	if (change->before)
		remove_backup(fd, name, change->before);
	return 0;
}
