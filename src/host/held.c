/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/held.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"

#define TEXT_FIELD(key, member)                                                                     \
	{ key, offsetof(struct held, member), sizeof(((struct held *)0)->member) }

static const struct {
	const char *key;
	size_t offset, size;
} text_fields[] = {
	TEXT_FIELD("driver", driver),
	TEXT_FIELD("module", module),
	TEXT_FIELD("override", override),
	TEXT_FIELD("claim", claim),
	TEXT_FIELD("framebuffer", framebuffer),
	TEXT_FIELD("framebuffer-driver", framebuffer_driver),
	TEXT_FIELD("console", console),
};

void held_format(const struct held *held, char text[HELD_TEXT_MAX])
{
	int len = snprintf(text, HELD_TEXT_MAX, "address=%s\nids=%04x:%04x\nsince=%" PRId64 "\n",
			   pci_addr_text(held->addr).text, held->vendor, held->device,
			   (int64_t)held->since);

	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++)
		len += snprintf(text + len, HELD_TEXT_MAX - (size_t)len, "%s=%s\n",
				text_fields[i].key,
				(const char *)held + text_fields[i].offset);
}

static int parse_field(const char *key, const char *value, struct held *held)
{
	struct error ignored;
	uint64_t number;

	if (strcmp(key, "address") == 0)
		return pci_addr_parse(value, &held->addr, NULL, &ignored);
	if (strcmp(key, "ids") == 0)
		return pci_ids_parse(value, &held->vendor, &held->device);
	if (strcmp(key, "since") == 0) {
		if (parse_uint(value, INT64_MAX, &number) < 0)
			return -EINVAL;
		held->since = (time_t)number;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(text_fields); i++) {
		if (strcmp(key, text_fields[i].key) != 0)
			continue;
		if (strlen(value) >= text_fields[i].size)
			return -EINVAL;
		strcpy((char *)held + text_fields[i].offset, value);
		return 0;
	}
	return -EINVAL;
}

int held_parse(const char *name, const char *text, struct held *ret, struct error *err)
{
	/* Without these unbind would not know where the device belongs. */
	static const char *const needed[] = { "address", "ids", "driver", "override" };
	_cleanup_free_ char *copy = xstrdup(text);
	struct held held = { 0 };
	unsigned int seen = 0;
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, '=');

		if (!*line)
			continue;
		if (value)
			*value++ = '\0';
		if (!value || parse_field(line, value, &held) < 0)
			return error_set(err, -EINVAL,
					 "%s: this record is damaged at \"%s\": the device has to be "
					 "given back by hand", name, line);
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
			seen |= (strcmp(line, needed[i]) == 0) << i;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!(seen & 1U << i))
			return error_set(err, -EINVAL, "%s: this record has no %s: the device has to "
					 "be given back by hand", name, needed[i]);
	*ret = held;
	return 0;
}

static int read_one(int fd, const char *name, struct held *ret, struct error *err)
{
	char text[HELD_TEXT_MAX];
	ssize_t len = fileat_read(fd, name, text, sizeof(text));
	struct pci_addr addr;
	int r;

	if (len < 0)
		return error_errno(err, (int)len, NAME_HELD_DIR "/%s: cannot read", name);
	r = held_parse(name, text, ret, err);
	if (r < 0)
		return error_prefix(err, NAME_HELD_DIR);
	if (pci_addr_parse(name, &addr, NULL, err) < 0 || pci_addr_compare(addr, ret->addr) != 0)
		return error_set(err, -EINVAL, NAME_HELD_DIR "/%s: this record is for %s", name,
				 pci_addr_text(ret->addr).text);
	return 0;
}

static int compare_held(const void *a, const void *b)
{
	return pci_addr_compare(((const struct held *)a)->addr, ((const struct held *)b)->addr);
}

int held_list_read(const struct host_root *root, struct held_list *ret, struct error *err)
{
	struct held_list list = { 0 };
	struct dirent *entry;
	int fd, r = 0;
	DIR *dir;

	*ret = list;
	fd = host_root_openat(root, NAME_HELD_DIR, O_RDONLY | O_DIRECTORY);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, fd, NAME_HELD_DIR ": cannot read");
	dir = dir_open(fd);
	while (r == 0 && (entry = dir_next(dir))) {
		struct held held = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		r = read_one(fd, entry->d_name, &held, err);
		/* Given back between the look at the directory and the look at the record. */
		if (r == -ENOENT) {
			r = 0;
			continue;
		}
		if (r < 0)
			break;
		ARRAY_GROW(list.items, list.count);
		list.items[list.count++] = held;
	}
	dir_close(dir);
	if (r < 0) {
		held_list_release(&list);
		return r;
	}
	if (list.count > 0)
		qsort(list.items, list.count, sizeof(*list.items), compare_held);
	*ret = list;
	return 0;
}

void held_list_release(struct held_list *list)
{
	free(list->items);
	*list = (struct held_list){ 0 };
}

const struct held *held_list_find(const struct held_list *list, struct pci_addr addr)
{
	struct held key = { .addr = addr };

	if (list->count == 0)
		return NULL;
	return bsearch(&key, list->items, list->count, sizeof(key), compare_held);
}
