/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/module.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/library.h"
#include "base/strv.h"
#include "host/files.h"
#include "host/names.h"

/* What looks up only; apply/module-load.c has what loads. */
#define FUNCTIONS(X)                                                                               \
	X(kmod_, new)                                                                              \
	X(kmod_, unref)                                                                            \
	X(kmod_, set_log_priority)                                                                 \
	X(kmod_, load_resources)                                                                   \
	X(kmod_, list_next)                                                                        \
	X(kmod_, module_new_from_lookup)                                                           \
	X(kmod_, module_apply_filter)                                                              \
	X(kmod_, module_get_module)                                                                \
	X(kmod_, module_get_initstate)                                                             \
	X(kmod_, module_get_path)                                                                  \
	X(kmod_, module_get_install_commands)                                                      \
	X(kmod_, module_unref)                                                                     \
	X(kmod_, module_unref_list)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} kmod;
static const char *const kmod_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

/*
 * vfio_iommu_type1 is only a soft dependency of vfio, which loaders without that notion miss; and
 * vfio_virqfd, a module of its own before Linux 6.2, comes as a hard dependency where it exists.
 */
const char *const vfio_modules[VFIO_MODULE_COUNT] = { "vfio", "vfio_iommu_type1", "vfio-pci" };

static const char *const state_names[MODULE_STATE_MAX] = {
	[MODULE_LOADED] = "loaded",         [MODULE_BUILTIN] = "built in",
	[MODULE_LOADABLE] = "not loaded",   [MODULE_BLACKLISTED] = "blacklisted",
	[MODULE_MISSING] = "missing",       [MODULE_UNKNOWN] = "not known",
};

const char *module_state_to_string(enum module_state state)
{
	return state_names[state];
}

static bool exists(const struct host_root *root, const char *directory, const char *name,
		   const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s%s", directory, name, file);
	return host_has(root, path);
}

/*
 * What is built in has a directory in /sys/module only if it has parameters, and never an initstate
 * file; a PCI driver shows in its bus's directory in either case, and vfio, which need not have
 * parameters, in its classes: that of groups or, of a kernel without them, that of devices.
 */
static bool in_kernel(const struct host_root *root, const char *name, enum module_state *state)
{
	char underscored[64];

	snprintf(underscored, sizeof(underscored), "%s", name);
	for (char *c = underscored; *c; c++)
		if (*c == '-')
			*c = '_';
	if (exists(root, NAME_SYS_MODULE, underscored, "/initstate"))
		*state = MODULE_LOADED;
	else if (exists(root, NAME_SYS_MODULE, underscored, "") ||
		 exists(root, NAME_PCI_DRIVERS, name, "") ||
		 (strcmp(name, vfio_modules[0]) == 0 &&
		  (host_has(root, NAME_VFIO_CLASS) || host_has(root, NAME_VFIO_DEV_CLASS))))
		*state = MODULE_BUILTIN;
	else
		return false;
	return true;
}

/* "install NAME /bin/false" keeps a module out even from an explicit modprobe. */
static bool refused_by_install(struct kmod_module *module)
{
	const char *command = kmod.module_get_install_commands(module);

	return command && (strstr(command, "/false") || strstr(command, "/true"));
}

static enum module_state ask_kmod(struct kmod_ctx *ctx, const char *name, bool *install_command)
{
	struct kmod_list *found = NULL, *allowed = NULL, *entry;
	enum module_state state = MODULE_MISSING;

	if (kmod.module_new_from_lookup(ctx, name, &found) < 0 || !found)
		return MODULE_MISSING;
	if (kmod.module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, found, &allowed) < 0 || !allowed)
		state = MODULE_BLACKLISTED;
	for (entry = found; entry; entry = kmod.list_next(found, entry)) {
		struct kmod_module *module = kmod.module_get_module(entry);

		if (kmod.module_get_initstate(module) == KMOD_MODULE_BUILTIN) {
			state = MODULE_BUILTIN;
		} else if (state == MODULE_MISSING) {
			*install_command = refused_by_install(module);
			if (*install_command)
				state = MODULE_BLACKLISTED;
			else if (kmod.module_get_path(module))
				state = MODULE_LOADABLE;
		}
		kmod.module_unref(module);
	}
	kmod.module_unref_list(allowed);
	kmod.module_unref_list(found);
	return state;
}

/* Where a captured tree keeps its modprobe.d; for the running host libkmod knows by itself. */
static struct kmod_ctx *open_kmod(const struct host_root *root, const char *release)
{
	static const char *const places[] = { "etc", "run", "usr/local/lib", "usr/lib", "lib" };
	_cleanup_free_ char *directory = NULL;
	struct strv config = { 0 };
	struct kmod_ctx *ctx;

	if (root->live)
		return kmod.new(NULL, NULL);
	directory = xasprintf("%s/" NAME_MODULES_DIR "/%s", root->path, release);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		strv_addf(&config, "%s/%s/modprobe.d", root->path, places[i]);
	ctx = kmod.new(directory, (const char *const *)config.items);
	strv_release(&config);
	return ctx;
}

/* The kernel whose modules to look at: the running one, or the one that a captured tree is of. */
static bool find_release(const struct host_root *root, char release[256])
{
	struct utsname kernel;
	struct dirent *entry;
	bool found = false;
	DIR *dir;
	int fd;

	uname(&kernel);
	snprintf(release, 256, "%s", kernel.release);
	if (root->live)
		return true;
	fd = host_root_openat(root, NAME_MODULES_DIR, O_RDONLY | O_DIRECTORY);
	dir = dir_open(fd);
	while (!found && (entry = dir_next(dir))) {
		found = entry->d_name[0] != '.';
		if (found)
			snprintf(release, 256, "%s", entry->d_name);
	}
	dir_close(dir);
	return found;
}

/* For all modules that are asked about: reading the configuration costs more than a look-up. */
static int open_once(const struct host_root *root, const char *release, struct kmod_ctx **ctx,
		     struct error *err)
{
	if (*ctx)
		return 0;
	if (library_open(LIBRARY_KMOD, kmod_names, &kmod, err) < 0)
		return err->code;
	*ctx = open_kmod(root, release);
	if (!*ctx)
		return error_set(err, -EIO, "libkmod cannot look up modules");
	/* libkmod would print what we are about to say better. */
	kmod.set_log_priority(*ctx, 0);
	/* Without it each look-up opens the indexes anew. */
	(void)kmod.load_resources(*ctx);
	return 0;
}

static int module_read(const struct host_root *root, struct module_info *info,
		       struct kmod_ctx **ctx, struct error *err)
{
	if (in_kernel(root, info->name, &info->state))
		return 0;
	if (!find_release(root, info->release)) {
		info->state = MODULE_UNKNOWN;
		return 0;
	}
	if (open_once(root, info->release, ctx, err) < 0)
		return err->code;
	info->state = ask_kmod(*ctx, info->name, &info->install_command);
	return 0;
}

int modules_read(const struct host_root *root, const char *const *names, size_t count,
		 struct module_info *ret, struct error *err)
{
	struct kmod_ctx *ctx = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		ret[i] = (struct module_info){ .name = names[i] };
		r = module_read(root, &ret[i], &ctx, err);
	}
	if (ctx)
		kmod.unref(ctx);
	return r;
}
