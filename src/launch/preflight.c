/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/preflight.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "launch/preflight-parts.h"
#include "policy/check-rom.h"
#include "policy/option-rom.h"

/* 0, or why the file cannot be used, as a negative errno. */
static int try_file(const char *path, int access_mode)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return faccessat(AT_FDCWD, path, access_mode, AT_EACCESS) < 0 ? -errno : 0;
}

static void check_value(const struct guest *guest, const struct value_text *value, bool writes,
			struct strv *problems)
{
	int r;

	if (!value->text)
		return;
	r = try_file(value->text, writes ? R_OK | W_OK : R_OK);
	if (r < 0)
		strv_addf(problems, "%s:%u: %s: cannot be %s: %s", guest->file, value->line,
			  value->text, writes ? "written" : "read", strerror(-r));
}

static void check_disk(const struct guest *guest, const struct guest_disk *disk,
		       struct strv *problems)
{
	const char *path = disk->file.text, *slash = strrchr(path, '/');
	_cleanup_free_ char *directory = xstrndup(path, slash ? (size_t)(slash - path) : 0);
	bool no_directory = *directory && access(directory, F_OK) < 0;

	if (try_file(path, F_OK) == -ENOENT && strncmp(path, "/dev/", strlen("/dev/")) != 0)
		strv_addf(problems, "%s:%u: %s: is not there: to make an empty one, run   "
			  "%s%s%sqemu-img create -f %s %s 64G", guest->file, disk->file.line, path,
			  no_directory ? "mkdir -p " : "", no_directory ? directory : "",
			  no_directory ? " && " : "", guest_format_names[disk->format], path);
	else
		check_value(guest, &disk->file, !disk->readonly, problems);
}

static void check_path(const char *path, bool writes, struct strv *problems)
{
	int r = try_file(path, writes ? R_OK | W_OK : R_OK);

	if (r < 0)
		strv_addf(problems, "%s: cannot be %s: %s", path, writes ? "written" : "read",
			  strerror(-r));
}

/* Firmware that the guest file names is reported by its line, what a descriptor names by path. */
static void check_firmware(const struct guest *guest, const struct firmware *firmware,
			   struct strv *problems)
{
	if (strcmp(firmware->code, guest->firmware.code.text) == 0)
		check_value(guest, &guest->firmware.code, false, problems);
	else
		check_path(firmware->code, false, problems);
	if (firmware->vars_template)
		check_path(firmware->vars_template, false, problems);
	else if (firmware->vars)
		check_value(guest, &guest->firmware.vars, true, problems);
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* As execvp(3) will look for it. */
bool preflight_find_program(const char *name)
{
	_cleanup_(strv_release) struct strv directories = { 0 };
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return is_program(name);
	strv_split(&directories, path ? path : "/bin:/usr/bin", ":");
	for (size_t i = 0; i < directories.count; i++) {
		_cleanup_free_ char *full = xasprintf("%s/%s", directories.items[i], name);

		if (is_program(full))
			return true;
	}
	return false;
}

bool launch_have_kvm(void)
{
	_cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	return fd >= 0;
}

/* Devices and sockets that the guest's sections name. */
static void check_nodes(const struct guest *guest, struct strv *problems)
{
	const struct guest_looking_glass *glass = &guest->looking_glass;

	check_value(guest, &guest->spice.password_file, false, problems);
	check_value(guest, &guest->vnc.password_file, false, problems);
	check_value(guest, &guest->audio.server, true, problems);
	for (size_t i = 0; i < guest->input_count; i++)
		check_value(guest, &guest->inputs[i].evdev, false, problems);
	/* A file QEMU makes by itself, the kernel module's device not. */
	if (glass->at.line && glass->type == GUEST_LOOKING_GLASS_KVMFR)
		check_path(guest_looking_glass_path(glass), true, problems);
	for (size_t i = 0; i < guest->share_count; i++)
		if (try_file(guest->shares[i].path.text, R_OK) != -EISDIR)
			strv_addf(problems, "%s:%u: %s: is not a directory", guest->file,
				  guest->shares[i].path.line, guest->shares[i].path.text);
}

static void check_programs(const struct guest *guest, struct strv *problems)
{
	if (!preflight_find_program(guest->board.qemu))
		strv_addf(problems,
			  "%s: no such program: install QEMU (Debian: apt install "
			  "qemu-system-x86) or give its path with qemu= in [guest] of %s",
			  guest->board.qemu, guest->file);
	if (guest->board.accel == GUEST_ACCEL_KVM && !launch_have_kvm())
		strv_addf(problems,
			  "/dev/kvm: cannot be opened: %s: load kvm_intel or kvm_amd, or "
			  "set accel=tcg in [guest] of %s",
			  strerror(errno), guest->file);
}

static void check_files(const struct guest *guest, const struct firmware *firmware,
			struct strv *problems)
{
	if (firmware)
		check_firmware(guest, firmware, problems);
	for (size_t i = 0; i < guest->disk_count; i++)
		check_disk(guest, &guest->disks[i], problems);
	for (size_t i = 0; i < guest->cdrom_count; i++)
		check_value(guest, &guest->cdroms[i].file, false, problems);
	for (size_t i = 0; i < guest->hostdev_count; i++)
		check_value(guest, &guest->hostdevs[i].romfile, false, problems);
	check_nodes(guest, problems);
	preflight_images(guest, problems);
}

void launch_preflight(const struct guest *guest, const struct firmware *firmware,
		      struct strv *problems, struct finding_list *findings)
{
	struct host_root root;
	struct error err;

	check_programs(guest, problems);
	check_files(guest, firmware, problems);
	preflight_ports(guest, problems);
	if (host_root_open(NULL, &root, &err) < 0) {
		strv_add(problems, err.msg);
		return;
	}
	preflight_memory(&root, guest, problems, findings);
	preflight_nets(&root, guest, problems);
	preflight_usb(&root, guest, problems, findings);
	host_root_close(&root);
}

/* One that is not there may be a display as well. */
static bool may_be_display(const struct host *host, struct pci_addr addr)
{
	const struct pci_function *f = pci_functions_find(&host->functions, addr);

	return !f || pci_function_is_display(f);
}

void launch_check_roms(const struct guest *guest, const struct host *host,
		       struct finding_list *findings)
{
	for (size_t i = 0; i < guest->hostdev_count; i++) {
		const struct guest_hostdev *hostdev = &guest->hostdevs[i];
		_cleanup_free_ char *data = NULL;
		ssize_t size = -ENOENT;

		if (hostdev->romfile.text && may_be_display(host, hostdev->address))
			size = fileat_read_all(AT_FDCWD, hostdev->romfile.text, ROM_FILE_MAX, &data);
		if (size >= 0)
			check_rom_data(pci_addr_text(hostdev->address).text, hostdev->romfile.text,
				       data, (size_t)size, findings);
	}
}
