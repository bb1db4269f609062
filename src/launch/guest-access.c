/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-access.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "launch/backing-chain.h"

static const char make_a_directory[] =
	"QEMU makes a socket there: give it a directory of its user's (install -d -o USER DIRECTORY), or "
	"name another";
static const char no_mount[] =
	"leave path= out, as huge pages then need no mount, or mount them for this user (mount -t "
	"hugetlbfs -o uid=USER,mode=700 none DIRECTORY)";
static const char for_all[] =
	"a disk stands on it, as others may, so it is not lent: let this user read it (setfacl -m u:USER:r "
	"FILE)";
static const char for_both[] =
	"its viewer needs it, too, so it is not lent: let both have it, by a line for systemd-tmpfiles "
	"such as   f /dev/shm/looking-glass 0660 YOU GROUP-OF-USER -";

void guest_file_add(struct guest_files *files, const char *path, unsigned int line, int mode,
		    bool lend, const char *remedy)
{
	if (!path)
		return;
	ARRAY_GROW(files->items, files->count);
	files->items[files->count++] =
		(struct guest_file){ xstrdup(path), line, mode, lend, remedy };
}

void guest_files_release(struct guest_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i].path);
	free(files->items);
	*files = (struct guest_files){ 0 };
}

static void lend(struct guest_files *files, const struct value_text *value, int mode)
{
	guest_file_add(files, value->text, value->line, mode, true, NULL);
}

static void add_firmware(const struct guest *guest, const struct firmware *firmware,
			 struct guest_files *files)
{
	guest_file_add(files, firmware->code, guest->firmware.code.line, R_OK, false, NULL);
	/* The private copy is given to the user for good. */
	if (!firmware->vars_template)
		guest_file_add(files, firmware->vars, guest->firmware.vars.line, R_OK | W_OK, true,
			       NULL);
}

/* Whoever can write in the directory can make the socket, and remove one that is left over. */
static void add_socket(struct guest_files *files, const struct value_text *socket)
{
	_cleanup_free_ char *directory = NULL;
	const char *slash = socket->text ? strrchr(socket->text, '/') : NULL;

	if (!slash)
		return;
	directory = slash == socket->text ? xstrdup("/")
					  : xstrndup(socket->text, (size_t)(slash - socket->text));
	guest_file_add(files, directory, socket->line, W_OK | X_OK, false, make_a_directory);
}

static void add_sockets(const struct guest *guest, struct guest_files *files)
{
	add_socket(files, &guest->spice.unix_path);
	add_socket(files, &guest->vnc.unix_path);
	add_socket(files, &guest->monitor.unix_path);
	for (size_t i = 0; i < guest->qmp_count; i++)
		add_socket(files, &guest->qmps[i].unix_path);
	for (size_t i = 0; i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_UNIX)
			add_socket(files, &guest->serials[i].path);
}

static void add_looking_glass(const struct guest_looking_glass *glass, struct guest_files *files)
{
	bool kvmfr = glass->type == GUEST_LOOKING_GLASS_KVMFR;
	unsigned int line = glass->path.text ? glass->path.line : glass->at.line;

	if (glass->at.line)
		guest_file_add(files, guest_looking_glass_path(glass), line, R_OK | W_OK, kvmfr,
			       kvmfr ? NULL : for_both);
}

static void add_disk(const struct guest_disk *disk, struct guest_files *files)
{
	_cleanup_(strv_release) struct strv below = { 0 };

	lend(files, &disk->file, disk->readonly ? R_OK : R_OK | W_OK);
	backing_chain_read(disk, &below);
	/* That one is not there at all, launch_preflight() says. */
	for (size_t i = 0; i < below.count; i++)
		if (access(below.items[i], F_OK) == 0 || errno != ENOENT)
			guest_file_add(files, below.items[i], disk->file.line, R_OK, false, for_all);
}

void guest_files_add(const struct guest *guest, const struct firmware *firmware,
		     struct guest_files *files)
{
	if (firmware)
		add_firmware(guest, firmware, files);
	for (size_t i = 0; i < guest->disk_count; i++)
		add_disk(&guest->disks[i], files);
	for (size_t i = 0; i < guest->cdrom_count; i++)
		lend(files, &guest->cdroms[i].file, R_OK);
	for (size_t i = 0; i < guest->hostdev_count; i++)
		lend(files, &guest->hostdevs[i].romfile, R_OK);
	for (size_t i = 0; i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_FILE)
			lend(files, &guest->serials[i].path, W_OK);
	lend(files, &guest->spice.password_file, R_OK);
	lend(files, &guest->vnc.password_file, R_OK);
	for (size_t i = 0; i < guest->input_count; i++)
		lend(files, &guest->inputs[i].evdev, R_OK | W_OK);
	add_looking_glass(&guest->looking_glass, files);
	guest_file_add(files, guest->memory.path.text, guest->memory.path.line, W_OK | X_OK, false,
		       no_mount);
	add_sockets(guest, files);
}

/* One that is there was judged with the others. */
static int make_serial_file(const struct guest *guest, const struct guest_serial *serial,
			    const struct qemu_user *user, struct error *err)
{
	_cleanup_close_ int fd = open(serial->path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				      0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0 || fchown(fd, user->uid, user->gid) < 0)
		return error_errno(err, -errno, "%s:%u: %s: cannot be made", guest->file,
				   serial->path.line, serial->path.text);
	return 0;
}

static int give_vars(const struct firmware *firmware, const struct qemu_user *user,
		     struct error *err)
{
	_cleanup_close_ int fd = open(firmware->vars, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fchown(fd, user->uid, user->gid) < 0 || fchmod(fd, 0600) < 0)
		return error_errno(err, -errno, "%s: cannot be given to %s, whom QEMU runs as",
				   firmware->vars, user->name);
	return 0;
}

int guest_files_make(const struct guest *guest, const struct firmware *firmware,
		     const struct qemu_user *user, struct error *err)
{
	int r = firmware->vars_template ? give_vars(firmware, user, err) : 0;

	for (size_t i = 0; r == 0 && i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_FILE)
			r = make_serial_file(guest, &guest->serials[i], user, err);
	return r;
}
