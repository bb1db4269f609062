/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glob.h>

#include "base/alloc.h"
#include "host/names.h"
#include "host/usb.h"
#include "launch/guest-access.h"

static const char open_kvm[] =
	"give it to a group that may read and write it, as udev does (GROUP=\"kvm\", MODE=\"0660\"): QEMU "
	"joins that";
static const char join_sound[] =
	"put the user into its group (usermod -aG audio USER), or name one that is, with user= in [guest]";
static const char be_that_user[] =
	"it is the sound server of another user: name that one with user= in [guest]";

/* Cards have any number; what one has of the user's access, all have. */
static void add_alsa(const struct guest *guest, struct guest_files *files)
{
	glob_t found = { 0 };

	if (glob("/" NAME_DEV_SOUND "/controlC*", 0, NULL, &found) == 0)
		guest_file_add(files, found.gl_pathv[0], guest->audio.at.line, R_OK | W_OK, false,
			       join_sound);
	globfree(&found);
}

/* Where the libraries look, whose environment is ours. */
static char *session_socket(const char *name)
{
	const char *directory = getenv("XDG_RUNTIME_DIR");

	return directory ? xasprintf("%s/%s", directory, name) : NULL;
}

static void add_sound(const struct guest *guest, struct guest_files *files)
{
	const struct guest_audio *audio = &guest->audio;
	_cleanup_free_ char *path = NULL;

	if (!audio->at.line)
		return;
	if (audio->driver == GUEST_AUDIO_ALSA)
		add_alsa(guest, files);
	else if (audio->server.text)
		path = xstrdup(audio->server.text);
	else if (audio->driver == GUEST_AUDIO_PA)
		path = session_socket("pulse/native");
	else if (audio->driver == GUEST_AUDIO_PIPEWIRE)
		path = session_socket("pipewire-0");
	guest_file_add(files, path, audio->at.line, R_OK | W_OK, false, be_that_user);
}

void guest_usb_find(const struct guest_usb *usb, const struct host_root *root, struct strv *nodes)
{
	if (usb->port)
		usb_find_by_port(root, usb->port, nodes);
	else if (usb->ids.given)
		usb_find_by_ids(root, usb->ids.vendor, usb->ids.device, nodes);
}

void guest_nodes_add(const struct guest *guest, bool kvm, const struct host_root *root,
		     struct guest_files *files)
{
	if (kvm)
		guest_file_add(files, "/" NAME_DEV_KVM, 0, R_OK | W_OK, false, open_kvm);
	add_sound(guest, files);
	for (size_t i = 0; i < guest->usb_count; i++) {
		_cleanup_(strv_release) struct strv nodes = { 0 };

		guest_usb_find(&guest->usbs[i], root, &nodes);
		for (size_t n = 0; n < nodes.count; n++)
			guest_file_add(files, nodes.items[n], guest->usbs[i].at.line, R_OK | W_OK,
				       true, NULL);
	}
}
