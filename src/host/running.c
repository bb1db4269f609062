/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/running.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"
#include "host/pci-addr.h"

#define RECORD_MAX 65536

/*
 * The name, in parentheses, may itself hold blanks and parentheses; behind it come the state, which
 * is field 3, and as field 22 the start.
 */
static int parse_stat(char *text, uint64_t *ret_start)
{
	char *rest = strrchr(text, ')'), *field = NULL;

	if (!rest || strlen(rest) < 3)
		return -EINVAL;
	rest += 2;
	if (*rest == 'Z' || *rest == 'X')
		return -ENOENT;
	for (int i = 3; i <= 22 && rest; i++)
		field = strsep(&rest, " ");
	return rest ? parse_uint(field, UINT64_MAX, ret_start) : -EINVAL;
}

int process_find(const struct host_root *root, pid_t pid, struct process *ret)
{
	char path[64], text[1024];
	uint64_t start;
	ssize_t len;
	int fd, r;

	snprintf(path, sizeof(path), NAME_PROC "/%d/stat", (int)pid);
	fd = host_root_openat(root, path, O_RDONLY);
	if (fd < 0)
		return fd;
	len = fd_read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return -ENOENT; /* ESRCH: it ended between the two */
	text[len] = '\0';
	r = parse_stat(text, &start);
	if (r == 0)
		*ret = (struct process){ .pid = pid, .start = start };
	return r;
}

bool process_lives(const struct host_root *root, const struct process *process)
{
	struct process now;

	return process->pid > 0 && process_find(root, process->pid, &now) == 0 &&
	       now.start == process->start;
}

static int parse_process(const char *value, struct process *ret)
{
	_cleanup_(strv_release) struct strv words = { 0 };
	uint64_t pid;

	strv_split(&words, value, " ");
	if (words.count != 2 || parse_uint(words.items[0], INT_MAX, &pid) < 0 || pid == 0 ||
	    parse_uint(words.items[1], UINT64_MAX, &ret->start) < 0)
		return -EINVAL;
	ret->pid = (pid_t)pid;
	return 0;
}

void running_guest_add_backend(struct running_guest *guest, const char *name,
				 struct process process)
{
	ARRAY_GROW(guest->backends, guest->backend_count);
	guest->backends[guest->backend_count++] =
		(struct running_backend){ xstrdup(name), process };
}

/* Its name, then as the others */
static int parse_backend(const char *value, struct running_guest *guest)
{
	const char *space = strchr(value, ' ');
	_cleanup_free_ char *name = space ? xstrndup(value, (size_t)(space - value)) : NULL;
	struct process process;

	if (!space || parse_process(space + 1, &process) < 0)
		return -EINVAL;
	running_guest_add_backend(guest, name, process);
	return 0;
}

static int parse_field(const char *key, const char *value, struct running_guest *guest)
{
	struct pci_addr addr;
	struct error ignored;
	uint64_t since;

	if (strcmp(key, "supervisor") == 0)
		return parse_process(value, &guest->supervisor);
	if (strcmp(key, "qemu") == 0)
		return parse_process(value, &guest->qemu);
	if (strcmp(key, "backend") == 0)
		return parse_backend(value, guest);
	if (strcmp(key, "device") == 0) {
		strv_add(&guest->devices, value);
		return pci_addr_parse(value, &addr, NULL, &ignored);
	}
	if (strcmp(key, "since") != 0 || parse_uint(value, INT64_MAX, &since) < 0)
		return -EINVAL;
	guest->since = (time_t)since;
	return 0;
}

int running_guest_parse(char *text, struct running_guest *guest)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, '=');

		if (!*line)
			continue;
		if (value)
			*value++ = '\0';
		if (!value || parse_field(line, value, guest) < 0)
			return -EINVAL;
	}
	return guest->supervisor.pid > 0 ? 0 : -EINVAL;
}

int running_guest_read(const struct host_root *root, int dirfd, const char *name,
		       struct running_guest *ret, struct error *err)
{
	struct running_guest guest = { .name = xstrdup(name) };
	_cleanup_free_ char *text = NULL;
	ssize_t len = fileat_read_all(dirfd, RUNNING_GUEST_RECORD, RECORD_MAX, &text);
	int r = 0;

	if (len < 0)
		r = error_errno(err, (int)len, NAME_RUNNING_DIR "/%s/" RUNNING_GUEST_RECORD
				": cannot be read", name);
	else if (running_guest_parse(text, &guest) < 0)
		r = error_set(err, -EINVAL, NAME_RUNNING_DIR "/%s/" RUNNING_GUEST_RECORD
			      ": this record is damaged: see with ps whether the guest's QEMU runs, "
			      "and remove the record when it does not", name);
	if (r < 0) {
		running_guest_release(&guest);
		return r;
	}
	guest.supervised = process_lives(root, &guest.supervisor);
	guest.runs = process_lives(root, &guest.qemu);
	*ret = guest;
	return 0;
}

void running_guest_release(struct running_guest *guest)
{
	free(guest->name);
	strv_release(&guest->devices);
	for (size_t i = 0; i < guest->backend_count; i++)
		free(guest->backends[i].name);
	free(guest->backends);
	*guest = (struct running_guest){ 0 };
}

static void put_process(FILE *out, const char *key, const struct process *process)
{
	if (process->pid > 0)
		fprintf(out, "%s=%d %" PRIu64 "\n", key, (int)process->pid, process->start);
}

char *running_guest_format(const struct running_guest *guest)
{
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	put_process(out, "supervisor", &guest->supervisor);
	put_process(out, "qemu", &guest->qemu);
	fprintf(out, "since=%" PRId64 "\n", (int64_t)guest->since);
	for (size_t i = 0; i < guest->devices.count; i++)
		fprintf(out, "device=%s\n", guest->devices.items[i]);
	for (size_t i = 0; i < guest->backend_count; i++)
		fprintf(out, "backend=%s %d %" PRIu64 "\n", guest->backends[i].name,
			(int)guest->backends[i].process.pid, guest->backends[i].process.start);
	fclose(out);
	return text;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct strv running_guest_names(const struct host_root *root)
{
	int fd = host_root_openat(root, NAME_RUNNING_DIR, O_RDONLY | O_DIRECTORY);
	DIR *dir = dir_open(fd);
	struct strv names = { 0 };
	struct dirent *entry;
	struct stat st;

	while ((entry = dir_next(dir)))
		if (entry->d_name[0] != '.' &&
		    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISDIR(st.st_mode))
			strv_add(&names, entry->d_name);
	dir_close(dir);
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	return names;
}

struct running_guests running_guests_read(const struct host_root *root, struct strv *problems)
{
	_cleanup_(strv_release) struct strv names = running_guest_names(root);
	struct running_guests guests = { 0 };

	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_RUNNING_DIR "/%s", names.items[i]);
		int fd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
		struct running_guest guest;
		struct error err;
		int r = fd < 0 ? fd : running_guest_read(root, fd, names.items[i], &guest, &err);

		if (r == 0) {
			ARRAY_GROW(guests.items, guests.count);
			guests.items[guests.count++] = guest;
		} else if (fd >= 0 && r != -ENOENT) {
			strv_add(problems, err.msg);
		}
		cleanup_close(&fd);
	}
	return guests;
}

void running_guests_release(struct running_guests *guests)
{
	for (size_t i = 0; i < guests->count; i++)
		running_guest_release(&guests->items[i]);
	free(guests->items);
	*guests = (struct running_guests){ 0 };
}
