/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-access.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

static void add(struct guest_files *files, const struct value_text *value, int mode, bool lend)
{
	if (!value->text)
		return;
	ARRAY_GROW(files->items, files->count);
	files->items[files->count++] = (struct guest_file){ value->text, value->line, mode, lend };
}

static void add_firmware(const struct guest *guest, const struct firmware *firmware,
			 struct guest_files *files)
{
	struct value_text code = { .text = firmware->code, .line = guest->firmware.code.line };
	struct value_text vars = { .text = firmware->vars, .line = guest->firmware.vars.line };

	add(files, &code, R_OK, false);
	/* The private copy is given to the user for good. */
	if (!firmware->vars_template)
		add(files, &vars, R_OK | W_OK, true);
}

struct guest_files guest_files(const struct guest *guest, const struct firmware *firmware)
{
	struct guest_files files = { 0 };

	if (firmware)
		add_firmware(guest, firmware, &files);
	for (size_t i = 0; i < guest->disk_count; i++)
		add(&files, &guest->disks[i].file, guest->disks[i].readonly ? R_OK : R_OK | W_OK,
		    true);
	for (size_t i = 0; i < guest->cdrom_count; i++)
		add(&files, &guest->cdroms[i].file, R_OK, true);
	for (size_t i = 0; i < guest->hostdev_count; i++)
		add(&files, &guest->hostdevs[i].romfile, R_OK, true);
	for (size_t i = 0; i < guest->serial_count; i++)
		if (guest->serials[i].type == GUEST_SERIAL_FILE)
			add(&files, &guest->serials[i].path, W_OK, true);
	add(&files, &guest->spice.password_file, R_OK, true);
	add(&files, &guest->vnc.password_file, R_OK, true);
	for (size_t i = 0; i < guest->input_count; i++)
		add(&files, &guest->inputs[i].evdev, R_OK | W_OK, true);
	if (guest->looking_glass.at.line && guest->looking_glass.type == GUEST_LOOKING_GLASS_KVMFR)
		add(&files, &guest->looking_glass.path, R_OK | W_OK, true);
	return files;
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
