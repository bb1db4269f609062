/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

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

void preflight_images(const struct guest *guest, struct strv *problems)
{
	for (size_t i = 0; i < guest->disk_count; i++)
		check_image(guest, &guest->disks[i].file, !guest->disks[i].readonly, problems);
	for (size_t i = 0; i < guest->cdrom_count; i++)
		check_image(guest, &guest->cdroms[i].file, false, problems);
}
