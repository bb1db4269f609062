/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/guest-keys.h"

static int name_guest(struct guest *guest, const char *path, struct error *err)
{
	guest->file = xstrdup(path);
	guest->name = config_file_name(path);
	if (!value_is_name(guest->name))
		return error_set(err, -EINVAL,
				 "%s: names the guest \"%s\": rename the file: expected %s", path,
				 guest->name, value_expected(VALUE_NAME));
	return 0;
}

int guest_load(int dirfd, const char *path, struct guest *ret, struct error *err)
{
	int r;

	*ret = (struct guest){ 0 };
	r = name_guest(ret, path, err);
	if (r == 0)
		r = config_read(&guest_format, dirfd, path, ret, err);
	if (r == 0)
		r = guest_check(ret, err);
	if (r < 0)
		guest_release(ret);
	return r;
}

void guest_release(struct guest *guest)
{
	config_release(&guest_format, guest);
	free(guest->file);
	free(guest->name);
	*guest = (struct guest){ 0 };
}
