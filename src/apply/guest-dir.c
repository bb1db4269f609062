/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/guest-dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "apply/journal.h"
#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

static int open_directories(const struct host_root *root, struct guest_dir *dir, struct error *err)
{
	_cleanup_free_ char *path = xasprintf(NAME_RUNNING_DIR "/%s", dir->name);
	_cleanup_close_ int run_fd = -1, state_fd = -1, guests_fd = -1;
	int r;

	run_fd = host_root_openat(root, RUNSTATEDIR, O_RDONLY | O_DIRECTORY);
	if (run_fd < 0)
		return error_errno(err, run_fd, RUNSTATEDIR ": cannot open");
	r = state_directory(run_fd, "vfioadm", NAME_STATE_DIR, &state_fd, err);
	if (r == 0)
		r = state_directory(state_fd, "guests", NAME_RUNNING_DIR, &guests_fd, err);
	if (r == 0)
		r = state_directory(guests_fd, dir->name, path, &dir->fd, err);
	return r;
}

static int already_runs(const struct guest_dir *dir, const struct host_root *root,
			struct error *err)
{
	_cleanup_free_ char *how_to_stop = NULL;
	struct running_guest guest;
	int r = running_guest_read(root, dir->fd, dir->name, &guest, err);

	if (r < 0)
		return error_set(err, -EBUSY, "guest %s: another vfioadm is starting it, or is at "
				 "its end", dir->name);
	how_to_stop = xasprintf(": to power it off, run   kill %d", (int)guest.supervisor.pid);
	if (guest.runs)
		error_set(err, -EBUSY, "guest %s: it runs already: QEMU is pid %d, its vfioadm pid "
			  "%d%s", dir->name, (int)guest.qemu.pid, (int)guest.supervisor.pid,
			  guest.supervised ? how_to_stop : "");
	else
		error_set(err, -EBUSY, "guest %s: vfioadm (pid %d) is starting it, or is at its end",
			  dir->name, (int)guest.supervisor.pid);
	running_guest_release(&guest);
	return -EBUSY;
}

static int take_lock(struct guest_dir *dir, const struct host_root *root, struct error *err)
{
	dir->lock_fd = openat(dir->fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (dir->lock_fd < 0)
		return error_errno(err, -errno, NAME_RUNNING_DIR "/%s/lock: cannot open", dir->name);
	return flock(dir->lock_fd, LOCK_EX | LOCK_NB) < 0 ? already_runs(dir, root, err) : 0;
}

int guest_dir_open(const struct host_root *root, const char *name, struct guest_dir *ret,
		   struct error *err)
{
	struct guest_dir dir = GUEST_DIR_CLOSED;
	int r;

	dir.name = xstrdup(name);
	r = open_directories(root, &dir, err);
	if (r == 0)
		r = take_lock(&dir, root, err);
	if (r < 0)
		guest_dir_close(&dir);
	else
		*ret = dir;
	return r;
}

void guest_dir_close(struct guest_dir *dir)
{
	cleanup_close(&dir->lock_fd);
	cleanup_close(&dir->fd);
	free(dir->name);
	*dir = (struct guest_dir)GUEST_DIR_CLOSED;
}

int guest_dir_check_ended(const struct guest_dir *dir, const struct host_root *root,
			  struct error *err)
{
	struct running_guest guest = { 0 };
	int r = running_guest_read(root, dir->fd, dir->name, &guest, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (guest.runs)
		r = error_set(err, -EBUSY, "guest %s: its QEMU (pid %d) runs, and no vfioadm "
			      "supervises it: power the guest off, or kill %d, then run vfioadm "
			      "recover", dir->name, (int)guest.qemu.pid, (int)guest.qemu.pid);
	running_guest_release(&guest);
	return r;
}

int guest_dir_check_free(const struct guest_dir *dir, const struct host_root *root,
			 struct error *err)
{
	int r = guest_dir_check_ended(dir, root, err);

	if (r == 0 && faccessat(dir->fd, JOURNAL_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		r = error_set(err, -EEXIST, "guest %s: an earlier launch of it was interrupted, and "
			      "its devices are not back: run vfioadm recover", dir->name);
	return r;
}

int guest_dir_record(const struct guest_dir *dir, const struct running_guest *guest,
		     struct error *err)
{
	_cleanup_free_ char *text = running_guest_format(guest);
	int r = fileat_replace(dir->fd, RUNNING_GUEST_RECORD, text, strlen(text), 0644);

	return r < 0 ? error_errno(err, r, NAME_RUNNING_DIR "/%s/" RUNNING_GUEST_RECORD
				   ": cannot write", dir->name) : 0;
}

static bool is_socket(const struct guest_dir *dir, const char *name)
{
	struct stat st;

	return fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode);
}

int guest_dir_clear(const struct guest_dir *dir, struct error *err)
{
	int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		if (is_socket(dir, entry->d_name))
			(void)unlinkat(dir->fd, entry->d_name, 0);
	if (entries)
		closedir(entries);
	if (unlinkat(dir->fd, RUNNING_GUEST_RECORD, 0) == 0 || errno == ENOENT)
		return 0;
	return error_errno(err, -errno, NAME_RUNNING_DIR "/%s/" RUNNING_GUEST_RECORD
			   ": cannot be removed: its guest has ended: run vfioadm recover", dir->name);
}

/* A socket hands its mode to the name it is bound to: there is no moment in between. */
int guest_dir_listen(const struct guest_dir *dir, const char *name, uid_t uid, gid_t gid,
		     struct error *err)
{
	_cleanup_free_ char *file = xasprintf("%s.sock", name);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, len = snprintf(address.sun_path, sizeof(address.sun_path),
			       NAME_RUNNING_DIR "/%s/%s", dir->name, file);

	if (len < 0 || (size_t)len >= sizeof(address.sun_path))
		return error_set(err, -ENAMETOOLONG, "guest %s: %s: the names are too long for a "
				 "socket's path: shorten the file's, or that of [share]", dir->name,
				 file);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && (unlinkat(dir->fd, file, 0) == 0 || errno == ENOENT) &&
	    fchmod(fd, 0600) == 0 &&
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    (uid == 0 || fchownat(dir->fd, file, uid, gid, AT_SYMLINK_NOFOLLOW) == 0) &&
	    listen(fd, 4) == 0)
		return fd;
	error_errno(err, -errno, NAME_RUNNING_DIR "/%s/%s: cannot listen on it", dir->name, file);
	cleanup_close(&fd);
	return err->code;
}
