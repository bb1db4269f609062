/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/boot-remedy.h"

#include "base/alloc.h"

/* Where the words are kept, and what makes the boot loader see a change. */
static const struct {
	const char *place, *then;
} places[BOOT_LOADER_MAX] = {
	[BOOT_UNKNOWN] = { "the kernel command line, in the boot loader's settings", NULL },
	[BOOT_BOOTC] = { "a file in the image's /usr/lib/bootc/kargs.d", NULL },
	[BOOT_SNAPSHOT] = { "GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub",
			    "transactional-update grub.cfg" },
	[BOOT_NIXOS] = { "boot.kernelParams in /etc/nixos/configuration.nix",
			 "nixos-rebuild boot" },
	[BOOT_RASPBERRY] = { "the one line of /boot/firmware/cmdline.txt", NULL },
	[BOOT_PROXMOX] = { "the one line of /etc/kernel/cmdline", "proxmox-boot-tool refresh" },
	[BOOT_GRUB_DEBIAN] = { "GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub", "update-grub" },
	[BOOT_GRUB] = { "GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub",
			"grub-mkconfig -o /boot/grub/grub.cfg" },
	/* systemd 252, Debian 12's, has no add-all. */
	[BOOT_CMDLINE] = { "the one line of /etc/kernel/cmdline",
			   "kernel-install add-all (where it knows no such word: kernel-install add "
			   "$(uname -r) /boot/vmlinuz-$(uname -r))" },
	[BOOT_ENTRIES] = { "the options line of the entry in loader/entries", NULL },
};

static char *edit_place(enum boot_loader loader, const char *verb, const char *word,
			const char *preposition)
{
	const char *then = places[loader].then;

	return xasprintf("%s %s %s %s%s%s and reboot", verb, word, preposition,
			 places[loader].place, then ? ", run " : "", then ? then : "");
}

char *boot_add_word(const struct platform *platform, const char *word)
{
	if (platform->boot_loader == BOOT_OSTREE)
		return xasprintf("run rpm-ostree kargs --append-if-missing=\"%s\" and reboot", word);
	if (platform->boot_loader == BOOT_KERNELSTUB)
		return xasprintf("run kernelstub -a \"%s\" and reboot", word);
	if (platform->boot_loader == BOOT_GRUBBY)
		return xasprintf("run grubby --update-kernel=ALL --args=\"%s\" and reboot", word);
	return edit_place(platform->boot_loader, "add", word, "to");
}

char *boot_remove_word(const struct platform *platform, const char *word)
{
	if (platform->boot_loader == BOOT_OSTREE)
		return xasprintf("run rpm-ostree kargs --delete-if-present=\"%s\" and reboot", word);
	if (platform->boot_loader == BOOT_KERNELSTUB)
		return xasprintf("run kernelstub -d \"%s\" and reboot", word);
	if (platform->boot_loader == BOOT_GRUBBY)
		return xasprintf("run grubby --update-kernel=ALL --remove-args=\"%s\" and reboot",
				 word);
	return edit_place(platform->boot_loader, "take", word, "out of");
}
