/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/dir.h"

#include <errno.h>
#include <unistd.h>

#include "base/read-failure.h"

DIR *dir_open(int fd)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0) {
		read_failure_note(fd, "", -errno);
		close(fd);
	}
	return dir;
}

struct dirent *dir_next(DIR *dir)
{
	struct dirent *entry;

	if (!dir)
		return NULL;
	errno = 0;
	entry = readdir(dir);
	if (!entry && errno)
		read_failure_note(dirfd(dir), "", -errno);
	return entry;
}

void dir_close(DIR *dir)
{
	if (dir)
		closedir(dir);
}
