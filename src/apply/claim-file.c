/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/claim-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/files.h"
#include "host/names.h"

char *claim_file_text(const struct claim *claim, const char *comment)
{
	return xasprintf("# %s\n[claim]\naddress=%s\nids=%04x:%04x\nfunctions=%s\ndriver="
			 DRIVER_VFIO_PCI "\n%s", comment, pci_addr_text(claim->address).text,
			 claim->ids.vendor, claim->ids.device,
			 claim->functions == CLAIM_ONLY ? "only" : "slot",
			 claim->boot_gpu ? "boot-gpu=yes\n" : "");
}

static int open_directory(int parent, const char *name)
{
	int fd;

	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Its directory, made if need be: all but SYSCONFDIR itself. */
static int open_claims(const struct host_root *root, struct error *err)
{
	_cleanup_close_ int above = host_root_openat(root, SYSCONFDIR, O_RDONLY | O_DIRECTORY);
	_cleanup_close_ int ours = above < 0 ? above : open_directory(above, "vfioadm");
	int fd = ours < 0 ? ours : open_directory(ours, "claims.d");

	return fd < 0 ? error_errno(err, fd, NAME_CLAIMS_DIR ": cannot open or make") : fd;
}

/* It was put in place, but may not last: as good as not written. */
static void remove_if_ours(int fd, const char *name, const char *text)
{
	_cleanup_free_ char *there = NULL;

	if (fileat_read_all(fd, name, strlen(text), &there) >= 0 && strcmp(there, text) == 0)
		(void)unlinkat(fd, name, 0);
}

int claim_file_write(const struct host_root *root, const struct claim *claim, const char *comment,
		     struct error *err)
{
	_cleanup_free_ char *text = claim_file_text(claim, comment);
	_cleanup_free_ char *name = xasprintf("%s" CONFIG_SUFFIX, claim->name);
	_cleanup_close_ int fd = open_claims(root, err);
	int r;

	if (fd < 0)
		return fd;
	r = fileat_replace(fd, name, text, strlen(text), 0644);
	if (r < 0)
		remove_if_ours(fd, name, text);
	return r < 0 ? error_errno(err, r, NAME_CLAIMS_DIR "/%s: cannot write", name) : 0;
}

int claim_file_remove(const struct host_root *root, const char *name, struct error *err)
{
	_cleanup_free_ char *file = xasprintf("%s" CONFIG_SUFFIX, name);
	_cleanup_free_ char *of_image = xasprintf(NAME_CLAIMS_DIR_OF_IMAGE "/%s", file);
	_cleanup_free_ char *link = xasprintf(".%s.null", name);
	_cleanup_close_ int fd = open_claims(root, err);
	int r = 0;

	if (fd < 0)
		return fd;
	if (!host_has(root, of_image)) {
		r = unlinkat(fd, file, 0) < 0 && errno != ENOENT ? -errno : 0;
	} else {
		(void)unlinkat(fd, link, 0);
		if (symlinkat("/dev/null", fd, link) < 0 || renameat(fd, link, fd, file) < 0)
			r = -errno;
	}
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? error_errno(err, r, NAME_CLAIMS_DIR "/%s: cannot remove", file) : 0;
}
