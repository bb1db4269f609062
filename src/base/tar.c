/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tar.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 512

/* The header block of POSIX.1-1988; numbers are octal text. */
struct header {
	char name[100];
	char mode[8], uid[8], gid[8];
	char size[12], mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[8]; /* "ustar  " and a NUL: GNU's, which knows long names */
	char owner[32], group[32];
	char major[8], minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

enum type { TYPE_FILE = '0', TYPE_LINK = '2', TYPE_DIRECTORY = '5', TYPE_LONG_LINK = 'K',
	    TYPE_LONG_NAME = 'L' };

static void put_text(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size));
}

/* The sum of the header's bytes, its own field counted as blanks. */
static void put_checksum(struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	snprintf(header->checksum, sizeof(header->checksum), "%06o", sum);
}

static void put_header(FILE *out, const char *name, const char *link, enum type type, size_t size)
{
	struct header header = { .type = (char)type, .magic = "ustar  " };
	unsigned int mode = type == TYPE_DIRECTORY ? 0755 : 0644;

	put_text(header.name, sizeof(header.name), name);
	put_text(header.link, sizeof(header.link), link);
	snprintf(header.mode, sizeof(header.mode), "%07o", mode);
	snprintf(header.uid, sizeof(header.uid), "%07o", 0U);
	snprintf(header.gid, sizeof(header.gid), "%07o", 0U);
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned int)size);
	snprintf(header.mtime, sizeof(header.mtime), "%011o", 0U);
	put_checksum(&header);
	fwrite(&header, sizeof(header), 1, out);
}

static void put_data(FILE *out, const void *data, size_t len)
{
	static const char zeros[BLOCK];

	fwrite(data, 1, len, out);
	fwrite(zeros, 1, (BLOCK - len % BLOCK) % BLOCK, out);
}

/* A name that does not fit its field goes ahead as the data of an entry of its own. */
static void put_long(FILE *out, const char *text, enum type type)
{
	if (strlen(text) <= sizeof(((struct header *)0)->name))
		return;
	put_header(out, "././@LongLink", "", type, strlen(text) + 1);
	put_data(out, text, strlen(text) + 1);
}

static void put_entry(FILE *out, const char *name, const char *link, enum type type, size_t size)
{
	put_long(out, link, TYPE_LONG_LINK);
	put_long(out, name, TYPE_LONG_NAME);
	put_header(out, name, link, type, size);
}

void tar_directory(FILE *out, const char *name)
{
	put_entry(out, name, "", TYPE_DIRECTORY, 0);
}

void tar_file(FILE *out, const char *name, const void *data, size_t len)
{
	put_entry(out, name, "", TYPE_FILE, len);
	put_data(out, data, len);
}

void tar_link(FILE *out, const char *name, const char *target)
{
	put_entry(out, name, target, TYPE_LINK, 0);
}

/* The end is two blocks of zeros. */
void tar_end(FILE *out)
{
	static const char zeros[2 * BLOCK];

	fwrite(zeros, 1, sizeof(zeros), out);
}
