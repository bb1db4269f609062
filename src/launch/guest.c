/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "launch/guest-keys.h"

const char *const guest_format_names[] = {
	[GUEST_FORMAT_RAW] = "raw",
	[GUEST_FORMAT_QCOW2] = "qcow2",
};

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

const char *guest_audio_driver_name(unsigned int driver)
{
	static const char *const names[] = {
		[GUEST_AUDIO_NONE] = "none", [GUEST_AUDIO_SPICE] = "spice",
		[GUEST_AUDIO_PA] = "pa",     [GUEST_AUDIO_PIPEWIRE] = "pipewire",
		[GUEST_AUDIO_ALSA] = "alsa", [GUEST_AUDIO_JACK] = "jack",
	};

	return names[driver];
}

const char *guest_looking_glass_path(const struct guest_looking_glass *glass)
{
	if (glass->path.text)
		return glass->path.text;
	return glass->type == GUEST_LOOKING_GLASS_KVMFR ? "/dev/kvmfr0" : "/dev/shm/looking-glass";
}

unsigned int guest_cpu_count(const struct guest *guest)
{
	return guest->cpu.sockets * guest->cpu.cores * guest->cpu.threads;
}

void guest_release(struct guest *guest)
{
	config_release(&guest_format, guest);
	free(guest->file);
	free(guest->name);
	*guest = (struct guest){ 0 };
}
