/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/claims.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/read-failure.h"
#include "host/files.h"
#include "host/names.h"

#define FILE_MAX (64 << 10)
#define CMDLINE_WORD "vfioadm.claim="

/* -EPERM is what we say ourselves of a file that others can write. */
static void note_unread(const char *path, const struct error *err)
{
	if (err->code != -EPERM)
		read_failure_note(AT_FDCWD, path, err->code);
}

static int compare_claims(const void *a, const void *b)
{
	return strcmp(((const struct claim *)a)->name, ((const struct claim *)b)->name);
}

static void claim_release(struct claim *claim)
{
	config_release(&claim_format, claim);
	free(claim->name);
	free(claim->file);
}

static void add(struct claims *claims, struct claim claim)
{
	ARRAY_GROW(claims->items, claims->count);
	claims->items[claims->count++] = claim;
}

static int check_trusted(const struct host_root *root, struct stat *st, const char *path,
			 struct error *err)
{
	/* Files of a captured tree belong to whoever unpacked it; that root trusts none of them. */
	if (!root->live)
		st->st_uid = 0;
	return config_stat_trusted(st, path, "vfioadm", err);
}

/* In a captured tree, as in a bare initramfs, there may be nothing at /dev/null. */
static bool links_to_null(const struct host_root *root, const char *path)
{
	char target[64];

	return host_readlink(root, path, target, sizeof(target)) == 0 &&
	       strcmp(target, "/dev/null") == 0;
}

/* 1: read; 0: a file that says that there is no such claim. */
static int read_file(const struct host_root *root, const char *path, struct claim *claim,
		     struct error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t len;
	int r;

	if (links_to_null(root, path))
		return 0;
	fd = host_root_openat(root, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return error_errno(err, fd, "%s: cannot be read", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "%s: cannot be read", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "%s: is not a regular file", path);
	r = check_trusted(root, &st, path, err);
	if (r < 0)
		return r;
	len = fd_read_all(fd, FILE_MAX, &text);
	if (len < 0)
		return error_errno(err, (int)len, "%s: cannot be read", path);
	if (text[strspn(text, " \t\r\n")] == '\0' && strlen(text) == (size_t)len)
		return 0;
	r = config_read_text(&claim_format, path, text, (size_t)len, claim, err);
	return r < 0 ? r : 1;
}

static int check_name(const char *path, const char *name, struct error *err)
{
	if (value_is_name(name) && strlen(name) <= CLAIM_NAME_MAX)
		return 0;
	return error_set(err, -EINVAL, "%s: names the claim \"%.80s\": rename the file: expected "
			 "%s, %d characters at most", path, name, value_expected(VALUE_NAME),
			 CLAIM_NAME_MAX);
}

static void read_claim(const struct host_root *root, const char *directory, const char *file,
		       struct claims *claims)
{
	struct claim claim = { .file = xasprintf("%s/%s", directory, file) };
	struct error err;
	int r;

	claim.name = config_file_name(file);
	r = check_name(claim.file, claim.name, &err);
	if (r == 0)
		r = read_file(root, claim.file, &claim, &err);
	if (r > 0) {
		add(claims, claim);
		return;
	}
	if (r < 0) {
		note_unread(claim.file, &err);
		strv_addf(&claims->problems, "claim %.80s: %s", claim.name, err.msg);
	}
	claim_release(&claim);
}

/* Who can write the directory can put any claim there. */
static bool list_directory(const struct host_root *root, const char *path, struct strv *names,
			   struct strv *problems)
{
	_cleanup_close_ int fd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
	struct stat st;
	struct error err;
	int r = fd;

	if (r == -ENOENT)
		return false;
	if (r < 0)
		error_errno(&err, r, "%s: cannot be read", path);
	else if (fstat(fd, &st) < 0)
		r = error_errno(&err, -errno, "%s: cannot be read", path);
	else
		r = check_trusted(root, &st, path, &err);
	if (r >= 0) {
		r = host_list(root, path, names);
		if (r < 0)
			error_errno(&err, r, "%s: cannot be read", path);
	}
	if (r < 0) {
		note_unread(path, &err);
		strv_addf(problems, "claims: %s", err.msg);
	}
	return r >= 0;
}

static void read_directory(const struct host_root *root, const char *path,
			   const struct strv *hidden, struct claims *claims, struct strv *names)
{
	if (!list_directory(root, path, names, &claims->problems))
		return;
	for (size_t i = 0; i < names->count; i++)
		if (config_has_suffix(names->items[i]) && !(hidden && strv_has(hidden, names->items[i])))
			read_claim(root, path, names->items[i], claims);
}

static void read_word(const char *value, struct claims *claims)
{
	struct strv addresses = { 0 };

	if (strcmp(value, "off") == 0) {
		claims->off = true;
		return;
	}
	strv_split(&addresses, value, ",");
	for (size_t i = 0; i < addresses.count; i++) {
		struct claim claim = { .functions = CLAIM_SLOT };
		struct error err;

		if (pci_addr_parse(addresses.items[i], &claim.address, NULL, &err) < 0) {
			strv_addf(&claims->problems, "claim " CLAIM_CMDLINE ": " CMDLINE_WORD "%s",
				  err.msg);
			continue;
		}
		claim.name = xstrdup(CLAIM_CMDLINE);
		claim.file = xstrdup("kernel command line");
		add(claims, claim);
	}
	strv_release(&addresses);
}

static void read_cmdline(const struct host_root *root, struct claims *claims)
{
	_cleanup_free_ char *text = NULL;
	struct strv words = { 0 };
	ssize_t r = host_read(root, NAME_CMDLINE, &text);
	struct error err;

	if (r < 0 && r != -ENOENT) {
		error_errno(&err, (int)r, "/" NAME_CMDLINE ": cannot be read");
		note_unread("/" NAME_CMDLINE, &err);
		strv_addf(&claims->problems, "claims: %s", err.msg);
	}
	if (r >= 0)
		strv_split(&words, text, " \t\n");
	for (size_t i = 0; i < words.count; i++)
		if (strncmp(words.items[i], CMDLINE_WORD, strlen(CMDLINE_WORD)) == 0)
			read_word(words.items[i] + strlen(CMDLINE_WORD), claims);
	strv_release(&words);
}

void claims_read(const struct host_root *root, struct claims *ret)
{
	struct strv of_host = { 0 }, of_image = { 0 };

	*ret = (struct claims){ 0 };
	read_directory(root, NAME_CLAIMS_DIR, NULL, ret, &of_host);
	read_directory(root, NAME_CLAIMS_DIR_OF_IMAGE, &of_host, ret, &of_image);
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_claims);
	read_cmdline(root, ret);
	strv_release(&of_host);
	strv_release(&of_image);
}

void claims_release(struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		claim_release(&claims->items[i]);
	free(claims->items);
	strv_release(&claims->problems);
	*claims = (struct claims){ 0 };
}

const struct claim *claims_find(const struct claims *claims, const char *name)
{
	for (size_t i = 0; i < claims->count; i++)
		if (strcmp(claims->items[i].name, name) == 0)
			return &claims->items[i];
	return NULL;
}
