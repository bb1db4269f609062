/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot-files.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

static struct strv *add_command(struct boot_file *file)
{
	ARRAY_GROW(file->commands, file->command_count);
	file->commands[file->command_count] = (struct strv){ 0 };
	return &file->commands[file->command_count++];
}

static void refuse(struct boot_file *file, char *why)
{
	if (file->why_not)
		free(why);
	else
		file->why_not = why;
}

/*
 * Through a link it would not be the file that a person knows, and perhaps one that is made anew.
 */
static void take_text(const struct host_root *root, struct boot_file *file, const char *path)
{
	char target[256];
	ssize_t len;

	file->path = xasprintf("/%s", path);
	if (host_readlink(root, path, target, sizeof(target)) == 0) {
		refuse(file, xasprintf("%s is a symbolic link to %s", file->path, target));
		return;
	}
	len = host_read(root, path, &file->text);
	if (len < 0)
		refuse(file, xasprintf("%s cannot be read: %s", file->path, strerror((int)-len)));
	else if (strlen(file->text) != (size_t)len)
		refuse(file, xasprintf("%s is no text", file->path));
}

/* What is sourced after /etc/default/grub, and could say something else. */
static void check_grub_directory(const struct host_root *root, struct boot_file *file)
{
	struct strv names = { 0 };

	if (host_list(root, NAME_GRUB_DIR, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_GRUB_DIR "/%s", names.items[i]);
		_cleanup_free_ char *text = NULL;
		bool sourced = fnmatch("*.cfg", names.items[i], 0) == 0;

		if (sourced && host_read(root, path, &text) >= 0 && strstr(text, "GRUB_CMDLINE_LINUX"))
			refuse(file, xasprintf("/%s changes GRUB_CMDLINE_LINUX, too", path));
	}
	strv_release(&names);
}

static void read_grub(const struct host_root *root, bool debian, struct boot_file *file)
{
	static const struct {
		const char *program, *output;
	} makers[] = {
		{ "grub2-mkconfig", "/boot/grub2/grub.cfg" },
		{ "grub-mkconfig", "/boot/grub/grub.cfg" },
	};

	file->edit = BOOT_EDIT_GRUB;
	take_text(root, file, NAME_GRUB_DEFAULTS);
	check_grub_directory(root, file);
	if (debian) {
		strv_add(add_command(file), "update-grub");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(makers) && file->command_count == 0; i++) {
		_cleanup_free_ char *sbin = xasprintf("usr/sbin/%s", makers[i].program);
		_cleanup_free_ char *bin = xasprintf("usr/bin/%s", makers[i].program);

		if (host_has(root, sbin) || host_has(root, bin))
			strv_split(add_command(file), makers[i].program, " ");
		if (file->command_count == 0)
			continue;
		strv_add(&file->commands[0], "-o");
		strv_add(&file->commands[0], makers[i].output);
	}
	if (file->command_count == 0)
		refuse(file, xstrdup("there is no update-grub and no grub-mkconfig"));
}

/*
 * Older releases of kernel-install have no add-all: each kernel by itself, from where it is kept.
 */
static void read_kernel_cmdline(const struct host_root *root, struct boot_file *file)
{
	struct strv releases = { 0 };

	file->edit = BOOT_EDIT_CMDLINE;
	take_text(root, file, NAME_KERNEL_CMDLINE);
	if (host_list(root, NAME_MODULES_DIR, &releases) < 0)
		releases = (struct strv){ 0 };
	for (size_t i = 0; i < releases.count; i++) {
		const char *release = releases.items[i];
		_cleanup_free_ char *kept = xasprintf("/" NAME_MODULES_DIR "/%s/vmlinuz", release);
		_cleanup_free_ char *in_boot = xasprintf("/boot/vmlinuz-%s", release);
		const char *image = host_has(root, in_boot) ? in_boot
				    : host_has(root, kept)  ? kept
							    : NULL;
		struct strv *command;

		if (!image)
			continue;
		command = add_command(file);
		strv_split(command, "kernel-install add", " ");
		strv_add(command, release);
		strv_add(command, image);
	}
	strv_release(&releases);
	if (!host_has(root, "usr/bin/kernel-install") && !host_has(root, "bin/kernel-install"))
		refuse(file, xstrdup("there is no kernel-install"));
	else if (file->command_count == 0)
		refuse(file, xstrdup("no kernel is found that kernel-install could be given"));
}

/* "default arch*" in loader.conf, or NULL; to be freed. */
static char *default_entry(const struct host_root *root, const char *loader)
{
	_cleanup_free_ char *path = xasprintf("%s/loader.conf", loader), *text = NULL;
	char *rest, *line, *found = NULL;

	if (host_read(root, path, &text) < 0)
		return NULL;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		struct strv words = { 0 };

		strv_split(&words, line, " \t");
		if (words.count == 2 && strcmp(words.items[0], "default") == 0) {
			free(found);
			found = xstrdup(words.items[1]);
		}
		strv_release(&words);
	}
	return found;
}

/* The pattern may leave ".conf" out. */
static bool entry_fits(const char *pattern, const char *name)
{
	_cleanup_free_ char *with_suffix = xasprintf("%s.conf", pattern);

	return fnmatch(pattern, name, 0) == 0 || fnmatch(with_suffix, name, 0) == 0;
}

/* The one entry that is booted by default: the others are the way back. */
static void read_entries(const struct host_root *root, struct boot_file *file)
{
	static const char *const places[] = { "boot/loader", "efi/loader", "boot/efi/loader" };

	file->edit = BOOT_EDIT_ENTRY;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *entries = xasprintf("%s/entries", places[i]);
		_cleanup_free_ char *pattern = default_entry(root, places[i]), *chosen = NULL;
		struct strv names = { 0 };
		size_t count = 0;

		if (host_list(root, entries, &names) < 0)
			continue;
		for (size_t j = 0; j < names.count; j++) {
			if (fnmatch("*.conf", names.items[j], 0) != 0 ||
			    (pattern && !entry_fits(pattern, names.items[j])))
				continue;
			free(chosen);
			chosen = xasprintf("%s/%s", entries, names.items[j]);
			count++;
		}
		strv_release(&names);
		if (count == 1)
			take_text(root, file, chosen);
		else
			refuse(file, xasprintf("which entry of /%s is booted cannot be told", entries));
		return;
	}
	refuse(file, xstrdup("there are no entries"));
}

void boot_file_read(const struct host_root *root, const struct platform *platform,
		    struct boot_file *ret)
{
	*ret = (struct boot_file){ 0 };
	switch (platform->boot_loader) {
	case BOOT_GRUB_DEBIAN:
	case BOOT_GRUB:
		read_grub(root, platform->boot_loader == BOOT_GRUB_DEBIAN, ret);
		break;
	case BOOT_CMDLINE:
		read_kernel_cmdline(root, ret);
		break;
	case BOOT_ENTRIES:
		read_entries(root, ret);
		break;
	default:
		break;
	}
}

void boot_file_release(struct boot_file *file)
{
	for (size_t i = 0; i < file->command_count; i++)
		strv_release(&file->commands[i]);
	free(file->commands);
	free(file->path);
	free(file->text);
	free(file->why_not);
	*file = (struct boot_file){ 0 };
}

const char *boot_edit_to_string(enum boot_edit edit)
{
	switch (edit) {
	case BOOT_EDIT_GRUB:
		return "grub";
	case BOOT_EDIT_CMDLINE:
	case BOOT_EDIT_ENTRY:
		return "systemd-boot";
	default:
		return "none";
	}
}
