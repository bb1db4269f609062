/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/image-lock.h"

#include <errno.h>
#include <fcntl.h>

#include "base/macro.h"

#define USED_BASE  100 /* RAW_LOCK_PERM_BASE */
#define ALONE_BASE 200 /* RAW_LOCK_SHARED_BASE */
#define READ	   0   /* BLK_PERM_CONSISTENT_READ is bit 0 */
#define WRITE	   1   /* BLK_PERM_WRITE is bit 1 */

/* Looking for a lock to write with needs no right to write. */
static int byte_is_locked(int fd, off_t byte)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -errno;
	return lock.l_type != F_UNLCK;
}

/* A guest's disk lets nobody else write, and one that is not read-only is written to. */
int image_lock_conflicts(const char *path, bool writes)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0)
		return -errno;
	r = byte_is_locked(fd, USED_BASE + WRITE);
	if (r == 0)
		r = byte_is_locked(fd, ALONE_BASE + READ);
	if (r == 0 && writes)
		r = byte_is_locked(fd, ALONE_BASE + WRITE);
	return r;
}
