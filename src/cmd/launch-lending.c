/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/launch.h"
#include "host/names.h"
#include "launch/guest-access.h"

static void lend(struct launch *launch, const char *path, struct owner from)
{
	struct owner to = { launch->user.uid, launch->user.gid };
	struct error err;

	if (plan_own(path, from, to, &launch->change.plan, &err) < 0)
		strv_add(&launch->qemu.problems, err.msg);
}

/* A group's node comes with its first device, and is root's then; udev rules may say otherwise. */
static void lend_nodes(struct launch *launch)
{
	const struct targets *targets = &launch->change.targets;

	for (size_t i = 0; i < targets->count; i++) {
		int group = targets->items[i]->iommu_group;
		bool seen = group < 0;
		struct stat st = { 0 };
		char path[64];

		for (size_t j = 0; j < i; j++)
			seen |= targets->items[j]->iommu_group == group;
		if (seen)
			continue;
		snprintf(path, sizeof(path), "/" NAME_DEV_VFIO "/%d", group);
		(void)!stat(path, &st);
		lend(launch, path, (struct owner){ st.st_uid, st.st_gid });
	}
}

/* Whether nobody but root could put another file in its place, or under a directory's name. */
static bool only_root_can_replace(const char *path)
{
	char directory[PATH_MAX];
	struct stat st;
	char *slash;

	snprintf(directory, sizeof(directory), "%s", path);
	while ((slash = strrchr(directory, '/'))) {
		slash[slash == directory] = '\0';
		if (stat(directory, &st) < 0 || st.st_uid != 0)
			return false;
		/* In a sticky directory only the owner of a file can replace it. */
		if (st.st_mode & (S_IWGRP | S_IWOTH) && !(st.st_mode & S_ISVTX))
			return false;
		if (slash == directory)
			return true;
		*slash = '\0';
	}
	return false;
}

static void refuse(struct launch *launch, const struct guest_file *file, const char *why)
{
	char line[32] = "";

	if (file->line)
		snprintf(line, sizeof(line), ":%u", file->line);
	strv_addf(&launch->qemu.problems, "%s%s: %s: %s, whom QEMU runs as, cannot %s it: %s%s%s",
		  launch->guest.file, line, file->path, launch->user.name,
		  file->mode & W_OK ? "write" : "read", why, file->remedy ? ": " : "",
		  file->remedy ? file->remedy : "");
}

/* path is without symbolic links. NULL, or why it cannot be lent. */
static const char *why_not_lend(const struct launch *launch, const char *path, int mode,
				struct owner *from)
{
	mode_t needed = ((mode & R_OK) ? S_IRUSR : 0) | ((mode & W_OK) ? S_IWUSR : 0);
	char directory[PATH_MAX];
	struct qemu_access access = { .path = directory, .mode = X_OK };
	struct error err;
	struct stat st;

	if (stat(path, &st) < 0)
		return strerror(errno);
	if ((st.st_mode & needed) != needed)
		return "even its owner cannot: chmod it";
	if (!only_root_can_replace(path))
		return "it is not made this user's for the time, as others than root can write "
		       "in its directory or one above: move it to a directory of root's, such as "
		       "/var/lib/libvirt/images or /var/lib/vfioadm";
	snprintf(directory, sizeof(directory), "%s", path);
	*(strrchr(directory, '/') + 1) = '\0';
	if (qemu_user_try(&launch->user, &access, 1, &err) < 0 || access.error)
		return "its directory, or one above, is closed: chmod o+x that, or move the file";
	*from = (struct owner){ st.st_uid, st.st_gid };
	return NULL;
}

static void lend_file(struct launch *launch, const struct guest_file *file, int error)
{
	_cleanup_free_ char *path = realpath(file->path, NULL);
	struct owner from = { 0 };
	const char *why;

	/* What is not there is the preflight's to tell, or is made later. */
	if (!path || error == ENOENT)
		return;
	if (!file->lend || (error != EACCES && error != EPERM)) {
		refuse(launch, file, strerror(error));
		return;
	}
	why = why_not_lend(launch, path, file->mode, &from);
	if (why)
		refuse(launch, file, why);
	else
		lend(launch, path, from);
}

static void lend_files(struct launch *launch, const struct host_root *root)
{
	const struct launch_plan *plan = &launch->qemu;
	_cleanup_(guest_files_release) struct guest_files files = { 0 };
	_cleanup_free_ struct qemu_access *accesses = NULL;
	struct error err;

	guest_files_add(&launch->guest, plan->facts.firmware, &files);
	guest_nodes_add(&launch->guest, qemu_uses_kvm(&launch->guest, &plan->facts), root, &files);
	accesses = xcalloc(files.count, sizeof(*accesses));
	for (size_t i = 0; i < files.count; i++)
		accesses[i] = (struct qemu_access){ files.items[i].path, files.items[i].mode, 0 };
	if (qemu_user_try(&launch->user, accesses, files.count, &err) < 0)
		log_debug("%s", err.msg);
	for (size_t i = 0; i < files.count; i++)
		if (accesses[i].error)
			lend_file(launch, &files.items[i], accesses[i].error);
}

void launch_plan_lending(struct launch *launch, const struct host_root *root)
{
	if (launch->user.uid == 0)
		return;
	/* What QEMU is given open it need not open. */
	if (launch->qemu.fds.count == 0)
		lend_nodes(launch);
	lend_files(launch, root);
}
