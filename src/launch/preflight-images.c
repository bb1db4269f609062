/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch/backing-chain.h"
#include "launch/image-lock.h"
#include "launch/preflight-parts.h"

/* The kernel lets a block device be opened so only if no file system, swap or RAID has it. */
static bool host_uses(const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 && errno == EBUSY;
}

static void check_image(const struct guest *guest, const struct value_text *file, bool writes,
			struct strv *problems)
{
	if (host_uses(file->text))
		strv_addf(problems,
			  "%s:%u: %s: the host itself uses this block device: unmount what is on it, "
			  "swapoff, or stop its RAID: two writers would destroy it",
			  guest->file, file->line, file->text);
	else if (image_lock_conflicts(file->text, writes) > 0)
		strv_addf(problems,
			  "%s:%u: %s: is in use by another QEMU, which has locked it: stop that "
			  "guest (fuser -v %s names it)",
			  guest->file, file->line, file->text, file->text);
}

/* To write an image that another stands on destroys that one: QEMU's locks keep it from that, too. */
static void check_below(const struct guest *guest, const struct guest_disk *disk,
			struct strv *problems)
{
	_cleanup_(strv_release) struct strv below = { 0 };

	backing_chain_read(disk, &below);
	for (size_t i = 0; i < below.count; i++) {
		const struct value_text file = { .text = below.items[i], .line = disk->file.line };

		if (access(file.text, F_OK) < 0 && errno == ENOENT)
			strv_addf(problems,
				  "%s:%u: %s: is not there, and %s stands on it: put it back, or name "
				  "where it is now (qemu-img rebase -u -b)",
				  guest->file, file.line, file.text,
				  i > 0 ? below.items[i - 1] : disk->file.text);
		check_image(guest, &file, false, problems);
	}
}

void preflight_images(const struct guest *guest, struct strv *problems)
{
	for (size_t i = 0; i < guest->disk_count; i++) {
		check_image(guest, &guest->disks[i].file, !guest->disks[i].readonly, problems);
		check_below(guest, &guest->disks[i], problems);
	}
	for (size_t i = 0; i < guest->cdrom_count; i++)
		check_image(guest, &guest->cdroms[i].file, false, problems);
}
