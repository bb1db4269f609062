/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/holder-remedy.h"

#include <string.h>

#include "base/alloc.h"

/* The kernel cuts a process's name to this length. */
#define COMM_MAX 15

#define DESKTOP "systemctl isolate multi-user.target   (ends the graphical session)"
#define GUEST "power its guest off; vfioadm status names those that vfioadm runs"
#define PIPEWIRE "systemctl --user stop wireplumber pipewire.socket pipewire   (as its user)"

static const struct {
	const char *name, *command;
} services[] = {
	{ "nvidia-persistenced", "systemctl stop nvidia-persistenced" },
	{ "nvidia-powerd", "systemctl stop nvidia-powerd" },
	{ "nv-hostengine", "systemctl stop nvidia-dcgm" },
	{ "pipewire", PIPEWIRE },
	{ "wireplumber", PIPEWIRE },
	{ "pulseaudio", "systemctl --user stop pulseaudio.socket pulseaudio   (as its user)" },
	{ "qemu-system-x86_64", GUEST },
	{ "qemu-kvm", GUEST },
	{ "plymouthd", "plymouth quit" },
	{ "Xorg", DESKTOP },
	{ "Xwayland", DESKTOP },
	{ "gnome-shell", DESKTOP },
	{ "kwin_wayland", DESKTOP },
	{ "systemd-logind", DESKTOP },
};

char *holder_remedy(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (strncmp(services[i].name, name, COMM_MAX) == 0)
			return xasprintf("stop %s first: %s", services[i].name,
					 services[i].command);
	return xasprintf("stop %s first; a driver that is used cannot let go of its device safely",
			 name);
}
