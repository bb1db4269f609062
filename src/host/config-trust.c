/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/read-failure.h"

int config_stat_trusted(const struct stat *st, const char *path, const char *reader,
			struct error *err)
{
	/* In a sticky directory only the owner of a file can replace it. */
	bool sticky = S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX;

	if (st->st_uid != 0)
		return error_set(err, -EPERM, "%s: belongs to user %u and %s runs as root: "
				 "chown root %s", path, st->st_uid, reader, path);
	if (st->st_mode & (S_IWGRP | S_IWOTH) && !sticky)
		return error_set(err, -EPERM, "%s: others than root can write it and %s runs as "
				 "root: chmod go-w %s", path, reader, path);
	return 0;
}

static int check_path(int dirfd, const char *path, mode_t type, const char *reader,
		      struct error *err)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, 0) < 0) {
		read_failure_note(dirfd, path, -errno);
		return error_errno(err, -errno, "%s: cannot be read", path);
	}
	if ((st.st_mode & S_IFMT) != type)
		return error_set(err, -EPERM, "%s: is not a %s", path,
				 type == S_IFDIR ? "directory" : "regular file");
	return config_stat_trusted(&st, path, reader, err);
}

int config_file_trusted(int dirfd, const char *path, const char *reader, struct error *err)
{
	_cleanup_free_ char *directory = xstrdup(path);
	char *slash = strrchr(directory, '/');
	int r = check_path(dirfd, path, S_IFREG, reader, err);

	if (r < 0)
		return r;
	if (!slash)
		return check_path(dirfd, ".", S_IFDIR, reader, err);
	slash[slash == directory] = '\0';
	return check_path(dirfd, directory, S_IFDIR, reader, err);
}
