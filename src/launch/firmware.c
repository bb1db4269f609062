/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/log.h"
#include "launch/firmware-descriptor.h"

#define VARS_DIRECTORY STATEDIR "/vfioadm"
#define TEMPLATE_MAX   (64 * 1024 * 1024)

static bool is_word(const struct value_text *value, const char *word)
{
	return strcmp(value->text, word) == 0;
}

static bool exists(const char *root, const char *path)
{
	_cleanup_free_ char *full = xasprintf("%s%s", root, path);

	return access(full, F_OK) == 0;
}

static const char *format_by_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".qcow2") == 0 ? "qcow2" : "raw";
}

static const char *why_absent(const char *root, const struct guest *guest,
			      const struct firmware_descriptor *descriptor)
{
	if (!exists(root, descriptor->code))
		return "not installed";
	if (!is_word(&guest->firmware.vars, "auto"))
		return NULL;
	if (!descriptor->template)
		return "has no template for vars=auto";
	return exists(root, descriptor->template) ? NULL : "its template is not installed";
}

/* With keys only: an image that waits for somebody's keys does not enforce anything yet. */
static const char *why_insecure(const char *root, const struct guest *guest,
				const struct firmware_descriptor *descriptor)
{
	if (!descriptor->secure_boot)
		return "made without Secure Boot";
	if (!descriptor->enrolled)
		return "has no Secure Boot keys";
	return why_absent(root, guest, descriptor);
}

static const char *why_unfit(const char *root, const struct guest *guest,
			     const struct firmware_descriptor *descriptor)
{
	if (descriptor->unfit[guest->board.machine])
		return descriptor->unfit[guest->board.machine];
	if (guest->firmware.secure_boot)
		return why_insecure(root, guest, descriptor);
	if (descriptor->enrolled)
		return "Secure Boot is on";
	/* It could be switched on, but such builds need SMM in practice. */
	if (descriptor->secure_boot || descriptor->needs_smm)
		return "made for Secure Boot";
	return why_absent(root, guest, descriptor);
}

/* The descriptor to use for code=auto, or the one of an explicit code; NULL when there is none. */
static const struct firmware_descriptor *choose(const char *root, const struct guest *guest,
						const struct firmware_descriptors *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct firmware_descriptor *descriptor = &all->items[i];
		const char *why;

		if (!is_word(&guest->firmware.code, "auto")) {
			if (strcmp(descriptor->code, guest->firmware.code.text) == 0)
				return descriptor;
			continue;
		}
		why = why_unfit(root, guest, descriptor);
		if (!why)
			return descriptor;
		log_debug("%s: not chosen for %s: %s", descriptor->code, guest->name, why);
	}
	return NULL;
}

static int resolve_code(const struct guest *guest, const struct firmware_descriptor *descriptor,
			struct firmware *ret, struct error *err)
{
	const struct value_text *code = &guest->firmware.code;

	if (!descriptor && is_word(code, "auto"))
		return error_set(
			err, -ENOENT,
			"%s:%u: code=auto: no installed UEFI firmware fits a guest with "
			"machine=%s%s: install OVMF (Debian: apt install ovmf) or give code=PATH",
			guest->file, code->line,
			guest->board.machine == GUEST_MACHINE_PC ? "pc" : "q35",
			guest->firmware.secure_boot ? " and secure-boot=yes" : "");
	ret->needs_smm = descriptor && descriptor->needs_smm;
	ret->code = xstrdup(descriptor ? descriptor->code : code->text);
	ret->code_format = descriptor ? descriptor->code_format : format_by_name(code->text);
	return 0;
}

static int resolve_vars(const struct guest *guest, const struct firmware_descriptor *descriptor,
			struct firmware *ret, struct error *err)
{
	const struct value_text *vars = &guest->firmware.vars;

	if (is_word(vars, "none"))
		return 0;
	if (!is_word(vars, "auto")) {
		ret->vars = xstrdup(vars->text);
		ret->vars_format = format_by_name(vars->text);
		return 0;
	}
	if (!descriptor || !descriptor->template)
		return error_set(err, -ENOENT,
				 "%s:%u: vars=auto: no template is known for %s: give vars=PATH, "
				 "vars=none or code=auto",
				 guest->file, vars->line, ret->code);
	ret->vars_template = xstrdup(descriptor->template);
	ret->vars_format = descriptor->template_format;
	ret->vars = xasprintf("%s/%s_VARS.%s", VARS_DIRECTORY, guest->name,
			      strcmp(ret->vars_format, "raw") == 0 ? "fd" : ret->vars_format);
	return 0;
}

int firmware_resolve(const char *root, const struct guest *guest, struct firmware *ret,
		     struct error *err)
{
	_cleanup_(firmware_descriptors_release) struct firmware_descriptors all =
		firmware_descriptors_read(root);
	const struct firmware_descriptor *descriptor = choose(root, guest, &all);
	int r;

	*ret = (struct firmware){ 0 };
	r = resolve_code(guest, descriptor, ret, err);
	if (r == 0)
		r = resolve_vars(guest, descriptor, ret, err);
	if (r < 0)
		firmware_release(ret);
	return r;
}

void firmware_release(struct firmware *firmware)
{
	free(firmware->code);
	free(firmware->vars);
	free(firmware->vars_template);
	*firmware = (struct firmware){ 0 };
}

/* Flash cannot change its size: a raw copy that has another one belongs to another firmware. */
static int check_copy(const char *root, const struct firmware *firmware, const struct stat *copy,
		      struct error *err)
{
	_cleanup_free_ char *template = xasprintf("%s%s", root, firmware->vars_template);
	struct stat st;

	if (strcmp(firmware->vars_format, "raw") != 0)
		return 0;
	if (stat(template, &st) < 0)
		return error_errno(err, -errno, "%s: cannot be read", firmware->vars_template);
	if (st.st_size == copy->st_size)
		return 0;
	return error_set(err, -EINVAL,
			 "%s: made for another firmware: %lld bytes, but %s has %lld: move it away "
			 "to start with fresh settings",
			 firmware->vars, (long long)copy->st_size, firmware->vars_template,
			 (long long)st.st_size);
}

static int open_directory(const char *root, int *ret, struct error *err)
{
	_cleanup_free_ char *path = xasprintf("%s%s", root, VARS_DIRECTORY);

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, -errno, "%s: cannot be made", path);
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret < 0 ? error_errno(err, -errno, "%s: cannot be opened", path) : 0;
}

int firmware_make_vars(const char *root, const struct firmware *firmware, struct error *err)
{
	_cleanup_free_ char *template = NULL, *data = NULL;
	_cleanup_close_ int directory = -1;
	struct stat st;
	const char *name;
	ssize_t len;
	int r;

	if (!firmware->vars_template)
		return 0;
	r = open_directory(root, &directory, err);
	if (r < 0)
		return r;
	name = strrchr(firmware->vars, '/') + 1;
	if (fstatat(directory, name, &st, 0) == 0)
		return check_copy(root, firmware, &st, err);
	if (errno != ENOENT)
		return error_errno(err, -errno, "%s: cannot be read", firmware->vars);
	template = xasprintf("%s%s", root, firmware->vars_template);
	len = fileat_read_all(AT_FDCWD, template, TEMPLATE_MAX, &data);
	if (len < 0)
		return error_errno(err, (int)len, "%s: cannot be read", firmware->vars_template);
	/* Never over what is there: a link whose disk is not mounted leads to settings as well. */
	r = fileat_create(directory, name, data, (size_t)len, 0600);
	return r < 0 ? error_errno(err, r, "%s: cannot be made", firmware->vars) : 0;
}
