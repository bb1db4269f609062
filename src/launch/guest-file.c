/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "host/config-file.h"
#include "host/files.h"
#include "host/names.h"
#include "launch/guest.h"

char *guest_file_path(const char *typed)
{
	if (strchr(typed, '/'))
		return xstrdup(typed);
	return xasprintf(NAME_GUESTS_DIR "/%s%s", typed,
			 config_has_suffix(typed) ? "" : CONFIG_SUFFIX);
}

void guest_file_names(const struct host_root *root, struct strv *ret)
{
	_cleanup_(strv_release) struct strv files = { 0 };

	if (host_list(root, NAME_GUESTS_DIR, &files) < 0)
		return;
	for (size_t i = 0; i < files.count; i++) {
		_cleanup_free_ char *name = config_file_name(files.items[i]);

		if (config_has_suffix(files.items[i]))
			strv_add(ret, name);
	}
}

char *guest_socket_path(const struct guest *guest, const char *name)
{
	return xasprintf("%s/%s/%s.sock", NAME_RUNNING_DIR, guest->name, name);
}
