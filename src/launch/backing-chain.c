/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/backing-chain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fileat.h"

/* QEMU's docs/interop/qcow2.txt; numbers are big-endian. */
#define MAGIC             0x514649fb /* "QFI\xfb" */
#define FORMAT_VERSION    4
#define BACKING_OFFSET    8
#define BACKING_SIZE      16
#define HEADER_LENGTH     100 /* of version 3; version 2 has 72 bytes */
#define HEADER_LENGTH_2   72
#define NAME_MAX_LENGTH   1023
#define EXTENSION_END     0
#define EXTENSION_BACKING 0xe2792aca /* the format of the image below */

/* A chain that is longer goes in circles, which QEMU refuses. */
#define CHAIN_MAX 64

static uint32_t get_be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* Extensions follow the header, each of 8 bytes and its data, padded to a multiple of 8. */
static bool says_raw(const uint8_t *head, size_t size, size_t at)
{
	while (at + 8 <= size) {
		uint32_t type = get_be32(head + at), len = get_be32(head + at + 4);

		if (type == EXTENSION_END || len > size - at - 8)
			return false;
		if (type == EXTENSION_BACKING)
			return len == 3 && memcmp(head + at + 8, "raw", 3) == 0;
		at += 8 + ((size_t)len + 7) / 8 * 8;
	}
	return false;
}

int qcow2_backing_parse(const uint8_t *head, size_t size, struct qcow2_backing *ret)
{
	size_t at, len, header = HEADER_LENGTH_2;
	uint32_t version;

	*ret = (struct qcow2_backing){ 0 };
	if (size < HEADER_LENGTH_2 || get_be32(head) != MAGIC)
		return -EINVAL;
	version = get_be32(head + FORMAT_VERSION);
	if (version >= 3 && size >= HEADER_LENGTH + 4)
		header = get_be32(head + HEADER_LENGTH);
	/* The name is in the first cluster, which is 512 bytes at least. */
	at = get_be32(head + BACKING_OFFSET) ? SIZE_MAX : get_be32(head + BACKING_OFFSET + 4);
	len = get_be32(head + BACKING_SIZE);
	if (at == 0 || len == 0)
		return 0;
	if (version < 2 || len > NAME_MAX_LENGTH || at > size || len > size - at ||
	    memchr(head + at, '\0', len))
		return -EINVAL;
	ret->name = xstrndup((const char *)head + at, len);
	ret->raw = says_raw(head, size, header);
	return 0;
}

static int read_head(const char *image, struct qcow2_backing *ret)
{
	_cleanup_close_ int fd = fileat_open(AT_FDCWD, image, O_RDONLY);
	uint8_t head[QCOW2_HEAD_MAX];
	struct stat st;
	ssize_t size;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return -EINVAL;
	size = pread(fd, head, sizeof(head), 0);
	return size < 0 ? -errno : qcow2_backing_parse(head, (size_t)size, ret);
}

/* path_has_protocol() of QEMU's block.c: a colon before the first slash. */
static bool has_protocol(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* A name that is no path from the root is one from the directory of the image that has it. */
static char *resolve(const char *image, const char *name)
{
	const char *file = strncmp(name, "file:", 5) == 0 ? name + 5 : name;
	const char *slash = strrchr(image, '/');

	if (has_protocol(file))
		return NULL;
	if (file[0] == '/' || !slash)
		return xstrdup(file);
	return xasprintf("%.*s%s", (int)(slash + 1 - image), image, file);
}

void backing_chain_read(const struct guest_disk *disk, struct strv *ret)
{
	const char *image = disk->file.text;

	if (disk->format != GUEST_FORMAT_QCOW2)
		return;
	for (size_t i = 0; i < CHAIN_MAX; i++) {
		struct qcow2_backing below = { 0 };
		_cleanup_free_ char *name = NULL, *path = NULL;

		if (read_head(image, &below) < 0 || !below.name)
			return;
		name = below.name;
		path = resolve(image, name);
		if (!path)
			return;
		strv_add(ret, path);
		if (below.raw)
			return;
		image = ret->items[ret->count - 1];
	}
}
