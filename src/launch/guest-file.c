/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "host/names.h"
#include "launch/guest.h"

char *guest_file_path(const char *typed)
{
	if (strchr(typed, '/'))
		return xstrdup(typed);
	return xasprintf("%s/%s%s", NAME_GUESTS_DIR, typed,
			 strlen(typed) > 5 && strcmp(typed + strlen(typed) - 5, ".conf") == 0
				 ? ""
				 : ".conf");
}

static int check_owner(int dirfd, const char *path, mode_t type, struct error *err)
{
	struct stat st;
	bool sticky;

	if (fstatat(dirfd, path, &st, 0) < 0)
		return error_errno(err, -errno, "%s: cannot be read", path);
	if ((st.st_mode & S_IFMT) != type)
		return error_set(err, -EPERM, "%s: is not a %s", path,
				 type == S_IFDIR ? "directory" : "regular file");
	if (st.st_uid != 0)
		return error_set(err, -EPERM,
				 "%s: belongs to user %u and QEMU runs as root: chown root %s",
				 path, st.st_uid, path);
	/* In a sticky directory only the owner of a file can replace it. */
	sticky = type == S_IFDIR && st.st_mode & S_ISVTX;
	if (st.st_mode & (S_IWGRP | S_IWOTH) && !sticky)
		return error_set(err, -EPERM,
				 "%s: others than root can write it and QEMU runs as root: "
				 "chmod go-w %s",
				 path, path);
	return 0;
}

int guest_file_trusted(int dirfd, const char *path, struct error *err)
{
	_cleanup_free_ char *directory = xstrdup(path);
	char *slash = strrchr(directory, '/');
	int r = check_owner(dirfd, path, S_IFREG, err);

	if (r < 0)
		return r;
	if (!slash)
		return check_owner(dirfd, ".", S_IFDIR, err);
	slash[slash == directory] = '\0';
	return check_owner(dirfd, directory, S_IFDIR, err);
}
