/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libkmod.h>

#include "apply/ops.h"
#include "base/library.h"

#define FUNCTIONS(X)                                                                               \
	X(kmod_, new)                                                                              \
	X(kmod_, set_log_priority)                                                                 \
	X(kmod_, load_resources)                                                                   \
	X(kmod_, list_next)                                                                        \
	X(kmod_, module_new_from_lookup)                                                           \
	X(kmod_, module_get_module)                                                                \
	X(kmod_, module_get_name)                                                                  \
	X(kmod_, module_probe_insert_module)                                                       \
	X(kmod_, module_unref)                                                                     \
	X(kmod_, module_unref_list)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} kmod;
static const char *const kmod_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

/* What the kernel means by the errno of finit_module, where it is not plain. */
static const char *explain(int r)
{
	switch (r) {
	case -ENOENT:
		return "its file is missing: was the kernel upgraded without a reboot?";
	case -EPERM:
		return "the kernel is locked down, or this is not root";
	case -EKEYREJECTED:
		return "its signature is not accepted (Secure Boot)";
	case -ENOEXEC:
		return "it was built for another kernel";
	case -EINVAL:
		return "the kernel refuses its parameters; see modprobe.d and dmesg";
	case -ENODEV:
		return "it finds no hardware to work with";
	default:
		return NULL;
	}
}

static int insert(struct kmod_module *module, const char *name, bool despite_blacklist,
		  struct error *err)
{
	unsigned int flags = despite_blacklist ? KMOD_PROBE_IGNORE_COMMAND
					       : KMOD_PROBE_APPLY_BLACKLIST;
	int r = kmod.module_probe_insert_module(module, flags, NULL, NULL, NULL, NULL);

	/* A positive result is the flag that stopped it. */
	if (r > 0)
		return error_set(err, -EACCES, "%s: the administrator keeps this module from "
				 "loading (blacklist); --allow module-blacklisted loads it all the "
				 "same", name);
	if (r < 0 && explain(r))
		return error_set(err, r, "%s: cannot load the module: %s", name, explain(r));
	if (r < 0)
		return error_errno(err, r, "%s: cannot load the module", name);
	return 0;
}

/* One for all that a helper loads: reading the configuration costs more than a look-up. */
static struct kmod_ctx *ctx;

static int open_once(struct error *err)
{
	if (ctx)
		return 0;
	if (library_open(LIBRARY_KMOD, kmod_names, &kmod, err) < 0)
		return err->code;
	ctx = kmod.new(NULL, NULL);
	if (!ctx)
		return error_set(err, -EIO, "libkmod cannot look up modules");
	kmod.set_log_priority(ctx, 0);
	/* Without it each look-up opens the indexes anew. */
	(void)kmod.load_resources(ctx);
	return 0;
}

int module_load(const char *name, bool despite_blacklist, struct error *err)
{
	struct kmod_list *found = NULL, *entry;
	int r = -ENOENT;

	if (open_once(err) < 0)
		return err->code;
	if (kmod.module_new_from_lookup(ctx, name, &found) < 0 || !found)
		error_set(err, -ENOENT, "%s: there is no such module for this kernel", name);
	/* A modalias can fit several, of which the administrator keeps some out (radeonfb). */
	for (entry = found; entry; entry = kmod.list_next(found, entry)) {
		struct kmod_module *module = kmod.module_get_module(entry);
		int one = insert(module, kmod.module_get_name(module), despite_blacklist, err);

		r = r == 0 ? 0 : one;
		kmod.module_unref(module);
	}
	kmod.module_unref_list(found);
	return r;
}
