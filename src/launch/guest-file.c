/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "host/config-file.h"
#include "host/names.h"
#include "launch/guest.h"

char *guest_file_path(const char *typed)
{
	if (strchr(typed, '/'))
		return xstrdup(typed);
	return xasprintf("%s/%s%s", NAME_GUESTS_DIR, typed,
			 strlen(typed) > 5 && strcmp(typed + strlen(typed) - 5, CONFIG_SUFFIX) == 0
				 ? ""
				 : CONFIG_SUFFIX);
}

char *guest_socket_path(const struct guest *guest, const char *name)
{
	return xasprintf("%s/%s/%s.sock", NAME_RUNNING_DIR, guest->name, name);
}
