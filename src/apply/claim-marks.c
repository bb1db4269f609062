/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/claim-marks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/strv.h"
#include "host/names.h"

static void add_addresses(const struct claim *claim, struct strv *wanted)
{
	struct pci_addr addr = claim->address;

	if (claim->functions == CLAIM_ONLY) {
		strv_add(wanted, pci_addr_text(addr).text);
		return;
	}
	/* Which functions the slot has is known only once a card is in it. */
	for (addr.function = 0; addr.function < 8; addr.function++)
		strv_add(wanted, pci_addr_text(addr).text);
}

static int remove_others(int dirfd, const struct strv *wanted)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !strv_has(wanted, entry->d_name) &&
		    unlinkat(dirfd, entry->d_name, 0) < 0)
			r = -errno;
	closedir(dir);
	return r;
}

static int make_all(int dirfd, const struct strv *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		int fd = openat(dirfd, wanted->items[i],
				O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

		if (fd < 0)
			return -errno;
		close(fd);
	}
	return 0;
}

int claim_marks_write(const struct state *state, const struct claims *claims, struct error *err)
{
	struct strv wanted = { 0 };
	_cleanup_close_ int dirfd = -1;
	int r = 0;

	for (size_t i = 0; !claims->off && i < claims->count; i++)
		add_addresses(&claims->items[i], &wanted);
	if (mkdirat(state->dirfd, "claims", 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0)
		dirfd = openat(state->dirfd, "claims",
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r == 0 && dirfd < 0)
		r = -errno;
	if (r == 0)
		r = make_all(dirfd, &wanted);
	if (r == 0)
		r = remove_others(dirfd, &wanted);
	strv_release(&wanted);
	return r < 0 ? error_errno(err, r, NAME_CLAIM_MARKS_DIR ": cannot write") : 0;
}
