/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/log.h"
#include "base/parse.h"
#include "host/names.h"

#define JOURNAL_MAX (1 << 20)

static const char *const mark_names[MARK_MAX] = {
	[MARK_PLANNED] = "planned", [MARK_BEGUN] = "begun",
	[MARK_DONE] = "done",       [MARK_UNDONE] = "undone",
};

static int append(int fd, const char *text, size_t len, struct error *err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n = write(fd, text, len);

	if (n == (ssize_t)len && fdatasync(fd) == 0)
		return 0;
	/* Half a line on a full disk would spoil the next one. */
	if (n > 0 && size >= 0 && ftruncate(fd, size) < 0)
		log_debug(NAME_STATE_DIR "/" JOURNAL_NAME ": cannot cut half a line");
	return error_errno(err, n >= 0 && n < (ssize_t)len ? -ENOSPC : -errno,
			   NAME_STATE_DIR "/" JOURNAL_NAME ": cannot write");
}

/* One line a step, fields between tabs; none of them can hold one: they are names of the kernel's. */
static void format_step(const struct step *s, FILE *out)
{
	fprintf(out, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%04x:%04x\t%lld\t%s\t%s\t%s\t%s\t%s\n",
		step_kind_to_string(s->kind), s->subject, s->from, s->to, s->despite_blacklist,
		s->held.driver, s->held.module, s->held.override, s->held.vendor, s->held.device,
		(long long)s->held.since, pci_addr_text(s->addr).text, s->held.framebuffer,
		s->held.framebuffer_driver, s->held.console, s->held.claim);
}

static int open_to_append(const struct state *state, struct journal *ret, struct error *err)
{
	ret->dirfd = state->journal_dirfd;
	ret->fd = openat(state->journal_dirfd, JOURNAL_NAME, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (ret->fd < 0)
		return error_errno(err, -errno, NAME_STATE_DIR "/" JOURNAL_NAME ": cannot open");
	return 0;
}

/* The plan is there as a whole or not at all; the marks are appended to it. */
int journal_begin(const struct state *state, const struct step_list *steps, struct journal *ret,
		  struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out;
	int r;

	/* The lock is ours, so that nobody else can make one between the look and the rename. */
	if (faccessat(state->dirfd, JOURNAL_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    faccessat(state->journal_dirfd, JOURNAL_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(err, -EEXIST, NAME_STATE_DIR "/" JOURNAL_NAME ": an earlier vfioadm was "
				 "interrupted in the middle of its work: run vfioadm recover");
	out = xopen_memstream(&text, &len);
	fprintf(out, "vfioadm-journal 2 %zu\n", steps->count);
	for (size_t i = 0; i < steps->count; i++)
		format_step(&steps->items[i], out);
	fclose(out);
	r = fileat_replace(state->journal_dirfd, JOURNAL_NAME, text, len, 0600);
	if (r < 0)
		error_errno(err, r, NAME_STATE_DIR "/" JOURNAL_NAME ": cannot make");
	else
		r = open_to_append(state, ret, err);
	if (r < 0)
		(void)unlinkat(state->journal_dirfd, JOURNAL_NAME, 0);
	return r;
}

int journal_mark(struct journal *journal, size_t step, enum journal_mark mark, struct error *err)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %zu\n", mark_names[mark], step);

	return append(journal->fd, line, (size_t)len, err);
}

int journal_remove(struct journal *journal, struct error *err)
{
	if (unlinkat(journal->dirfd, JOURNAL_NAME, 0) == 0)
		return 0;
	return error_errno(err, -errno, NAME_STATE_DIR "/" JOURNAL_NAME ": cannot remove");
}

void journal_abandon(struct journal *journal)
{
	cleanup_close(&journal->fd);
	journal->fd = -1;
}

static int copy_field(char *field, size_t size, const char *text)
{
	if (strlen(text) >= size)
		return -EINVAL;
	strcpy(field, text);
	return 0;
}

#define COPY_FIELD(field, text) copy_field(field, sizeof(field), text)

/* The steps whose subject is the function itself have its address twice. */
static bool is_about_function(enum step_kind kind)
{
	return kind == STEP_RECORD || kind == STEP_OVERRIDE || kind == STEP_UNBIND ||
	       kind == STEP_RESET || kind == STEP_BIND || kind == STEP_PROBE || kind == STEP_FORGET;
}

static int parse_step(char *line, struct step *step)
{
	char *fields[15], *rest = line;
	size_t count = 0;
	uint64_t since;
	struct error ignored;
	struct held *held = &step->held;

	while (count < ARRAY_SIZE(fields) && (fields[count] = strsep(&rest, "\t")))
		count++;
	if (count != ARRAY_SIZE(fields) || rest)
		return -EINVAL;
	*step = (struct step){ .kind = step_kind_from_string(fields[0]) };
	step->despite_blacklist = strcmp(fields[4], "1") == 0;
	if (step->kind == STEP_KIND_INVALID || COPY_FIELD(step->subject, fields[1]) < 0 ||
	    COPY_FIELD(step->from, fields[2]) < 0 || COPY_FIELD(step->to, fields[3]) < 0 ||
	    COPY_FIELD(held->driver, fields[5]) < 0 || COPY_FIELD(held->module, fields[6]) < 0 ||
	    COPY_FIELD(held->override, fields[7]) < 0 ||
	    pci_ids_parse(fields[8], &held->vendor, &held->device) < 0 ||
	    parse_uint(fields[9], INT64_MAX, &since) < 0 ||
	    pci_addr_parse(fields[10], &step->addr, NULL, &ignored) < 0 ||
	    COPY_FIELD(held->framebuffer, fields[11]) < 0 ||
	    COPY_FIELD(held->framebuffer_driver, fields[12]) < 0 ||
	    COPY_FIELD(held->console, fields[13]) < 0 ||
	    COPY_FIELD(held->claim, fields[14]) < 0)
		return -EINVAL;
	if (is_about_function(step->kind) && strcmp(fields[10], step->subject) != 0)
		return -EINVAL;
	held->since = (time_t)since;
	held->addr = step->addr;
	return 0;
}

static int parse_mark(const char *line, size_t count, enum journal_mark *marks)
{
	const char *space = strchr(line, ' ');
	uint64_t step;

	if (!space || parse_uint(space + 1, count - 1, &step) < 0)
		return -EINVAL;
	for (int i = 0; i < MARK_MAX; i++) {
		if (strlen(mark_names[i]) == (size_t)(space - line) &&
		    strncmp(line, mark_names[i], (size_t)(space - line)) == 0) {
			marks[step] = (enum journal_mark)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse(char *text, struct step_list *steps, enum journal_mark **marks)
{
	static const char head[] = "vfioadm-journal 2 ";
	char *rest = text, *line = strsep(&rest, "\n");
	uint64_t count;

	if (!rest || strncmp(line, head, strlen(head)) != 0 ||
	    parse_uint(line + strlen(head), 4096, &count) < 0 || count == 0)
		return -EINVAL;
	steps->items = xcalloc(count, sizeof(*steps->items));
	*marks = xcalloc(count, sizeof(**marks));
	for (; steps->count < count; steps->count++) {
		line = strsep(&rest, "\n");
		if (!rest || parse_step(line, &steps->items[steps->count]) < 0)
			return -EINVAL;
	}
	while ((line = strsep(&rest, "\n")) && rest)
		if (parse_mark(line, count, *marks) < 0)
			return -EINVAL;
	return 0;
}

int journal_parse(char *text, size_t len, struct step_list *ret, enum journal_mark **marks)
{
	*ret = (struct step_list){ 0 };
	*marks = NULL;
	if (!memchr(text, '\0', len) && parse(text, ret, marks) == 0)
		return 0;
	step_list_release(ret);
	free(*marks);
	*marks = NULL;
	return -EINVAL;
}

int journal_read(const struct host_root *root, struct step_list *ret, enum journal_mark **marks,
		 struct error *err)
{
	_cleanup_close_ int dirfd = host_root_openat(root, NAME_STATE_DIR, O_RDONLY | O_DIRECTORY);

	return journal_read_at(dirfd, ret, marks, err);
}

int journal_read_at(int dirfd, struct step_list *ret, enum journal_mark **marks, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	/* A link that leads nowhere is no journal, but in the way of the next one. */
	_cleanup_close_ int fd = dirfd < 0 ? dirfd : fileat_open(dirfd, JOURNAL_NAME, O_RDONLY | O_NOFOLLOW);
	ssize_t len = fd;

	*ret = (struct step_list){ 0 };
	*marks = NULL;
	if (len >= 0)
		len = fd_read_all(fd, JOURNAL_MAX, &text);
	if (len < 0)
		return error_errno(err, (int)len, NAME_STATE_DIR "/" JOURNAL_NAME ": cannot read");
	if (journal_parse(text, (size_t)len, ret, marks) == 0)
		return 0;
	return error_set(err, -EINVAL, NAME_STATE_DIR "/" JOURNAL_NAME ": it is damaged: look at it, put "
			 "the devices back by hand, then remove it");
}

/* A mark that a crash cut short would spoil the next one: end it where its line begins. */
static int cut_last_line(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char last;

	while (size > 0) {
		if (pread(fd, &last, 1, size - 1) != 1)
			return -EIO;
		if (last == '\n')
			break;
		size--;
	}
	return size < 0 || ftruncate(fd, size) < 0 ? -errno : 0;
}

int journal_reopen(const struct state *state, struct journal *ret, struct error *err)
{
	int r = open_to_append(state, ret, err);

	if (r < 0)
		return r;
	r = cut_last_line(ret->fd);
	if (r == 0)
		return 0;
	journal_abandon(ret);
	return error_errno(err, r, NAME_STATE_DIR "/" JOURNAL_NAME ": cannot go on writing");
}
