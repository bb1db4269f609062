/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/driver-module.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "host/files.h"
#include "host/names.h"

/* modules.builtin has "kernel/drivers/gpu/drm/radeon/radeon.ko"; "-" and "_" mean the same. */
static bool listed_as_built_in(const char *list, const char *driver)
{
	_cleanup_free_ char *wanted = xasprintf("/%s.ko\n", driver), *text = xstrdup(list);

	for (char *c = wanted; *c; c++)
		*c = *c == '-' ? '_' : *c;
	for (char *c = text; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return strstr(text, wanted) != NULL;
}

/* Each kernel that is installed has its own list; a captured tree has one. */
static bool find_in_lists(const struct host_root *root, const char *driver)
{
	struct strv releases = { 0 };
	bool found = false;

	if (host_list(root, NAME_MODULES_DIR, &releases) < 0)
		return false;
	for (size_t i = 0; i < releases.count && !found; i++) {
		_cleanup_free_ char *path =
			xasprintf(NAME_MODULES_DIR "/%s/modules.builtin", releases.items[i]);
		_cleanup_free_ char *list = NULL;

		found = host_read(root, path, &list) > 0 && listed_as_built_in(list, driver);
	}
	strv_release(&releases);
	return found;
}

/* What is built in has a directory in /sys/module at most, and never an initstate file. */
static bool is_built_in(const struct host_root *root, const struct pci_function *f)
{
	_cleanup_free_ char *module = NULL, *state = NULL;

	if (!f->module)
		return root->live || find_in_lists(root, f->driver);
	module = xasprintf(NAME_SYS_MODULE "/%s", f->module);
	state = xasprintf("%s/initstate", module);
	return host_has(root, module) && !host_has(root, state);
}

static int read_references(const struct host_root *root, const char *module)
{
	_cleanup_free_ char *path = xasprintf(NAME_SYS_MODULE "/%s/refcnt", module);
	_cleanup_free_ char *text = NULL;
	uint64_t count;

	if (host_read(root, path, &text) < 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return parse_uint(text, INT32_MAX, &count) == 0 ? (int)count : -1;
}

/* Parameters of the type bool read Y or N. */
static bool kept_open_by_drm(const struct host_root *root, const struct pci_function *f)
{
	_cleanup_free_ char *modeset = NULL;

	return strcmp(f->driver, "nvidia") == 0 &&
	       host_read(root, NAME_NVIDIA_MODESET, &modeset) > 0 &&
	       modeset[0] == 'Y';
}

static void add(const struct host_root *root, const struct pci_function *f,
		struct driver_modules *modules)
{
	struct driver_module module = { .addr = f->addr, .built_in = is_built_in(root, f),
					.references = -1,
					.kept_open_by_drm = kept_open_by_drm(root, f) };

	if (f->module) {
		_cleanup_free_ char *path = xasprintf(NAME_SYS_MODULE "/%s/holders", f->module);

		module.references = read_references(root, f->module);
		if (host_list(root, path, &module.holders) < 0)
			strv_release(&module.holders);
	}
	ARRAY_GROW(modules->items, modules->count);
	modules->items[modules->count++] = module;
}

void driver_modules_read(const struct host_root *root, const struct pci_functions *functions,
			 const struct pci_addr *addrs, size_t count, struct driver_modules *ret)
{
	*ret = (struct driver_modules){ 0 };
	for (size_t i = 0; i < count; i++) {
		const struct pci_function *f = pci_functions_find(functions, addrs[i]);

		if (f && f->driver)
			add(root, f, ret);
	}
}

void driver_modules_release(struct driver_modules *modules)
{
	for (size_t i = 0; i < modules->count; i++)
		strv_release(&modules->items[i].holders);
	free(modules->items);
	*modules = (struct driver_modules){ 0 };
}
