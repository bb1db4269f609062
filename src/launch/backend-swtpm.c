/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "launch/backend.h"
#include "launch/child.h"
#include "launch/preflight.h"

#define PROGRAM		"swtpm"
#define STATE_DIRECTORY STATEDIR "/vfioadm"
#define ASK_TIMEOUT_MS	60000

static char *state_path(const char *root, const struct guest *guest)
{
	return xasprintf("%s" STATE_DIRECTORY "/%s_TPM", root, guest->name);
}

/* It may be built without TPM 2.0, or its libraries may not fit. */
static bool is_able(const struct guest *guest, struct strv *problems)
{
	static const char *const words[] = { PROGRAM, "socket", "--print-capabilities" };
	_cleanup_(command_output_release) struct command_output output = { 0 };
	_cleanup_(strv_release) struct strv argv = { 0 };
	struct error err;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		strv_add(&argv, words[i]);
	r = command_capture(&argv, "", ASK_TIMEOUT_MS, &output, &err);
	if (r == 0 && output.status == 0 && strstr(output.out, "tpm-2.0"))
		return true;
	strv_addf(problems, "%s:%u: [tpm]: " PROGRAM " does not say that it emulates a TPM 2.0: %s",
		  guest->file, guest->tpm.at.line,
		  r < 0 ? err.msg
			: "run   swtpm socket "
			  "--print-capabilities   to see what it says");
	return false;
}

/* --terminate: it ends with QEMU's connection. */
void backends_plan_swtpm(const struct guest *guest, struct backends *backends,
			 struct strv *problems)
{
	_cleanup_free_ char *state = state_path("", guest);
	struct backend *backend;

	if (!guest->tpm.at.line)
		return;
	if (!preflight_find_program(PROGRAM)) {
		strv_addf(problems,
			  "%s:%u: [tpm]: " PROGRAM ": no such program: install it (Debian: apt "
			  "install swtpm)",
			  guest->file, guest->tpm.at.line);
		return;
	}
	if (!is_able(guest, problems))
		return;
	backend = backends_add(backends);
	backend->name = xstrdup(PROGRAM);
	strv_add(&backend->argv, PROGRAM);
	strv_add(&backend->argv, "socket");
	strv_add(&backend->argv, "--tpm2");
	strv_add(&backend->argv, "--tpmstate");
	strv_addf(&backend->argv, "dir=%s,mode=0600", state);
	strv_add(&backend->argv, "--ctrl");
	strv_addf(&backend->argv, "type=unixio,fd=%d", CHILD_LISTEN_FD);
	strv_add(&backend->argv, "--terminate");
}

/*
 * For a user that is new. What lies there was the old one's to put there: it is left alone unless
 * it is a file of this one name, as a second name might be that of another's file.
 */
static int give_files(int directory, uid_t from, const struct qemu_user *user)
{
	DIR *dir = fdopendir(directory);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		close(directory);
		return r;
	}
	while (r == 0 && (entry = readdir(dir))) {
		int fd = openat(directory, entry->d_name,
				O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
		    st.st_uid == from && fchown(fd, user->uid, user->gid) < 0)
			r = -errno;
		cleanup_close(&fd);
	}
	if (r == 0 && fchown(directory, user->uid, user->gid) < 0)
		r = -errno;
	closedir(dir);
	return r;
}

/* Only root can put something else in its place: the directory above is root's. */
int backends_make_state(const char *root, const struct guest *guest, const struct qemu_user *user,
			struct error *err)
{
	_cleanup_free_ char *path = state_path(root, guest);
	_cleanup_free_ char *above = xasprintf("%s" STATE_DIRECTORY, root);
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	if (!guest->tpm.at.line)
		return 0;
	if ((mkdir(above, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(path, 0700) < 0 && errno != EEXIST))
		return error_errno(err, -errno, "%s: cannot be made", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "%s: cannot be opened", path);
	if (st.st_uid == user->uid)
		return 0;
	r = give_files(TAKE_FD(fd), st.st_uid, user);
	return r < 0 ? error_errno(err, r, "%s: cannot be given to %s, whom swtpm runs as", path,
				   user->name)
		     : 0;
}
