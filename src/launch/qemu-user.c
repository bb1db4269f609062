/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/qemu-user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

/*
 * nobody is there on every machine, and the last choice: whatever else runs as nobody may signal
 * QEMU and open the group's node while QEMU does not.
 */
static const char *const usual_users[] = { "vfioadm-qemu", "libvirt-qemu", "qemu", "nobody" };

static const struct passwd *find_entry(const char *wanted)
{
	const struct passwd *entry = NULL;

	if (strcmp(wanted, "auto") != 0)
		return getpwnam(wanted);
	for (size_t i = 0; i < ARRAY_SIZE(usual_users) && !entry; i++)
		entry = getpwnam(usual_users[i]);
	return entry && entry->pw_uid != 0 ? entry : NULL;
}

/* What udev gives /dev/kvm to: kvm on Debian, but that is for the node to say. */
static void add_kvm_group(struct qemu_user *user)
{
	struct stat st;

	if (stat("/" NAME_DEV_KVM, &st) == 0 && st.st_gid != 0 &&
	    (st.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP)) {
		user->groups = xreallocarray(user->groups, user->group_count + 1, sizeof(gid_t));
		user->groups[user->group_count++] = st.st_gid;
	}
}

static void find_groups(struct qemu_user *user)
{
	int count = 16;

	do
		user->groups = xreallocarray(user->groups, (size_t)count, sizeof(gid_t));
	while (getgrouplist(user->name, user->gid, user->groups, &count) < 0);
	user->group_count = (size_t)count;
}

int qemu_user_find(const char *wanted, struct qemu_user *ret, struct error *err)
{
	const struct passwd *entry = find_entry(wanted);

	if (!entry && strcmp(wanted, "auto") == 0)
		return error_set(err, -ENOENT, "QEMU must not run as root, and there is no user for "
				 "it: useradd --system --no-create-home vfioadm-qemu, or name one "
				 "with user= in [guest]");
	if (!entry)
		return error_set(err, -ENOENT, "%s: there is no such user for QEMU: correct user= in "
				 "[guest], or leave it out", wanted);
	*ret = (struct qemu_user){
		.name = xstrdup(entry->pw_name), .uid = entry->pw_uid, .gid = entry->pw_gid,
	};
	find_groups(ret);
	add_kvm_group(ret);
	return 0;
}

void qemu_user_release(struct qemu_user *user)
{
	free(user->name);
	free(user->groups);
	*user = (struct qemu_user){ 0 };
}

/* Groups first: without root there is no way to change them. */
int qemu_user_become(const struct qemu_user *user)
{
	if (geteuid() == user->uid)
		return 0;
	if (setgroups(user->group_count, user->groups) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	/* A saved id or a capability that was left behind would be a way back. */
	if (user->uid != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) == 0)
		return -EPERM;
	return 0;
}

static _noreturn_ void try_all(const struct qemu_user *user, const struct qemu_access *files,
			       size_t count, int fd)
{
	int r = qemu_user_become(user);

	for (size_t i = 0; i < count; i++) {
		int answer = r < 0 ? -r : 0;

		if (r == 0 && faccessat(AT_FDCWD, files[i].path, files[i].mode, AT_EACCESS) < 0)
			answer = errno;
		if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
			_exit(1);
	}
	_exit(r < 0 ? 1 : 0);
}

int qemu_user_try(const struct qemu_user *user, struct qemu_access *files, size_t count,
		  struct error *err)
{
	_cleanup_close_ int read_fd = -1;
	int fds[2], r = 0, status = 0;
	pid_t pid;

	if (geteuid() != 0 && geteuid() != user->uid)
		return error_set(err, -EPERM, "%s: only root can tell what this user may do",
				 user->name);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "%s: cannot be tried: pipe", user->name);
	read_fd = fds[0];
	pid = fork();
	if (pid == 0)
		try_all(user, files, count, fds[1]);
	close(fds[1]);
	for (size_t i = 0; pid > 0 && r == 0 && i < count; i++)
		if (fd_read(read_fd, (char *)&files[i].error, sizeof(int)) != sizeof(int))
			r = -EIO;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || r < 0 || status != 0)
		return error_set(err, -EIO, "%s: cannot become this user to see what it may do",
				 user->name);
	return 0;
}
