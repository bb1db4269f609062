/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysfs.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/parse.h"

/* A sysfs attribute is at most one page. */
#define ATTRIBUTE_MAX 4096

int sysfs_read_text(int dirfd, const char *name, char **ret)
{
	char buf[ATTRIBUTE_MAX + 1];
	ssize_t len = fileat_read(dirfd, name, buf, sizeof(buf));

	if (len < 0)
		return (int)len;
	*ret = xstrdup(buf);
	return 0;
}

int sysfs_read_hex(int dirfd, const char *name, uint64_t *ret)
{
	char buf[64];
	ssize_t len = fileat_read(dirfd, name, buf, sizeof(buf));

	if (len < 0)
		return (int)len;
	return parse_hex(strncmp(buf, "0x", 2) == 0 ? buf + 2 : buf, 1, 16, ret);
}

int sysfs_read_int(int dirfd, const char *name, int64_t *ret)
{
	char buf[64];
	ssize_t len = fileat_read(dirfd, name, buf, sizeof(buf));
	uint64_t magnitude;
	int r;

	if (len < 0)
		return (int)len;
	r = parse_uint(buf[0] == '-' ? buf + 1 : buf, INT64_MAX, &magnitude);
	if (r < 0)
		return r;
	*ret = buf[0] == '-' ? -(int64_t)magnitude : (int64_t)magnitude;
	return 0;
}

int sysfs_read_link(int dirfd, const char *name, char **ret)
{
	char buf[256];
	ssize_t len = fileat_readlink_base(dirfd, name, buf, sizeof(buf));

	if (len < 0)
		return (int)len;
	*ret = xstrdup(buf);
	return 0;
}
