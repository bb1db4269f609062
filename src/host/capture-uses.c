/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

/* What host_discover_uses() and host_discover_rest() read, but for disks and network. */
struct copy {
	const struct host_root *root;
	const struct capture_sink *sink;
	struct strv *unreadable;
};

static void copy_text(const struct copy *c, const char *path)
{
	_cleanup_free_ char *text = NULL;
	ssize_t len = host_read(c->root, path, &text);

	if (len >= 0)
		c->sink->file(c->sink->context, path, text, (size_t)len);
	else if (len != -ENOENT && len != -ENOTDIR)
		strv_add(c->unreadable, path);
}

/* That it is there, and whether it is a directory. */
static void copy_presence(const struct copy *c, const char *path)
{
	_cleanup_close_ int fd = host_root_openat(c->root, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		c->sink->directory(c->sink->context, path);
	else
		c->sink->file(c->sink->context, path, "", 0);
}

static void copy_directory(const struct copy *c, const char *directory)
{
	_cleanup_(strv_release) struct strv names = { 0 };

	if (host_list(c->root, directory, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);

		copy_text(c, path);
	}
}

static void copy_framebuffers(const struct copy *c)
{
	_cleanup_(strv_release) struct strv devices = { 0 }, nodes = { 0 }, consoles = { 0 };

	if (host_list(c->root, NAME_PLATFORM_DEVICES, &devices) == 0)
		for (size_t i = 0; i < devices.count; i++) {
			_cleanup_free_ char *path =
				xasprintf(NAME_PLATFORM_DEVICES "/%s", devices.items[i]);
			_cleanup_free_ char *driver = xasprintf("%s/driver", path);
			_cleanup_free_ char *real = NULL;
			char target[1024], *below;

			if (!strstr(path, "-framebuffer.") ||
			    host_readlink(c->root, path, target, sizeof(target)) < 0)
				continue;
			capture_link(c->root, c->sink, path);
			below = strstr(target, "devices/");
			real = xasprintf("sys/%s/driver", below ? below : target);
			if (host_readlink(c->root, driver, target, sizeof(target)) == 0)
				c->sink->link(c->sink->context, real, target);
		}
	if (host_list(c->root, NAME_GRAPHICS_CLASS, &nodes) == 0)
		for (size_t i = 0; i < nodes.count; i++) {
			_cleanup_free_ char *path =
				xasprintf(NAME_GRAPHICS_CLASS "/%s", nodes.items[i]);

			capture_link(c->root, c->sink, path);
		}
	if (host_list(c->root, NAME_VTCONSOLE_CLASS, &consoles) == 0)
		for (size_t i = 0; i < consoles.count; i++) {
			_cleanup_free_ char *path =
				xasprintf(NAME_VTCONSOLE_CLASS "/%s", consoles.items[i]);
			_cleanup_free_ char *name = xasprintf("%s/name", path);
			_cleanup_free_ char *bound = xasprintf("%s/bind", path);

			copy_text(c, name);
			copy_text(c, bound);
		}
}

/* A BAR that can be resized has a file that is not read, as that would wake the device. */
static void copy_bars(const struct copy *c)
{
	_cleanup_(strv_release) struct strv functions = { 0 };

	if (host_list(c->root, NAME_PCI_DEVICES, &functions) < 0)
		return;
	for (size_t i = 0; i < functions.count; i++)
		for (int bar = 0; bar < 6; bar++) {
			_cleanup_free_ char *link =
				xasprintf(NAME_PCI_DEVICES "/%s", functions.items[i]);
			_cleanup_free_ char *file = xasprintf("%s/resource%d_resize", link, bar);
			_cleanup_free_ char *real = NULL;
			char target[1024], *below;

			if (!host_has(c->root, file) ||
			    host_readlink(c->root, link, target, sizeof(target)) < 0)
				continue;
			below = strstr(target, "devices/");
			real = xasprintf("sys/%s/resource%d_resize", below ? below : target, bar);
			c->sink->file(c->sink->context, real, "", 0);
		}
}

static void copy_driver_modules(const struct copy *c)
{
	_cleanup_(strv_release) struct strv drivers = { 0 }, releases = { 0 }, seen = { 0 };
	char target[1024], *module;

	if (host_list(c->root, NAME_PCI_DRIVERS, &drivers) == 0)
		for (size_t i = 0; i < drivers.count; i++) {
			_cleanup_free_ char *link =
				xasprintf(NAME_PCI_DRIVERS "/%s/module", drivers.items[i]);
			_cleanup_free_ char *count = NULL, *holders = NULL;
			_cleanup_(strv_release) struct strv names = { 0 };

			if (host_readlink(c->root, link, target, sizeof(target)) < 0 ||
			    !(module = strrchr(target, '/')) || strv_has(&seen, module))
				continue;
			strv_add(&seen, module);
			count = xasprintf(NAME_SYS_MODULE "%s/refcnt", module);
			holders = xasprintf(NAME_SYS_MODULE "%s/holders", module);
			copy_text(c, count);
			if (host_list(c->root, holders, &names) < 0)
				continue;
			for (size_t j = 0; j < names.count; j++) {
				_cleanup_free_ char *path =
					xasprintf("%s/%s", holders, names.items[j]);

				c->sink->directory(c->sink->context, path);
			}
		}
	if (host_list(c->root, NAME_MODULES_DIR, &releases) == 0)
		for (size_t i = 0; i < releases.count; i++) {
			const char *release = releases.items[i];
			_cleanup_free_ char *path =
				xasprintf(NAME_MODULES_DIR "/%s/modules.builtin", release);

			copy_text(c, path);
		}
	copy_text(c, NAME_NVIDIA_MODESET);
}

static void copy_hugepages(const struct copy *c)
{
	_cleanup_(strv_release) struct strv pools = { 0 };

	if (host_list(c->root, NAME_HUGEPAGES, &pools) < 0)
		return;
	for (size_t i = 0; i < pools.count; i++) {
		_cleanup_free_ char *total =
			xasprintf(NAME_HUGEPAGES "/%s/nr_hugepages", pools.items[i]);
		_cleanup_free_ char *unused =
			xasprintf(NAME_HUGEPAGES "/%s/free_hugepages", pools.items[i]);

		copy_text(c, total);
		copy_text(c, unused);
	}
}

void capture_uses(const struct host_root *root, const struct capture_sink *sink,
		  struct strv *unreadable)
{
	static const char *const present[] = {
		"run/ostree-booted", "usr/bin/rpm-ostree", "usr/sbin/transactional-update", "etc/NIXOS",
		"etc/kernelstub/configuration", "boot/firmware/cmdline.txt",
		"boot/firmware/config.txt", "etc/kernel/proxmox-boot-uuids", "usr/sbin/grubby",
		"usr/sbin/update-grub", "boot/loader/entries", "efi/loader/entries",
		"boot/efi/loader/entries", NAME_ACPI_TABLES, NAME_ACPI_TABLES "/VIOT",
		NAME_MISC_CLASS, NAME_MISC_CLASS "/kvm", "usr/bin", "usr/share",
		"usr/bin/qemu-system-x86_64", "usr/local/bin/qemu-system-x86_64",
		"usr/libexec/qemu-kvm", "usr/share/OVMF/OVMF_CODE_4M.fd",
		"usr/share/OVMF/OVMF_CODE.fd", "usr/share/edk2/ovmf/OVMF_CODE.fd",
		"usr/share/edk2/x64/OVMF_CODE.4m.fd", "usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
	};
	const struct copy c = { root, sink, unreadable };

	for (size_t i = 0; i < ARRAY_SIZE(present); i++)
		copy_presence(&c, present[i]);
	copy_directory(&c, "usr/share/qemu/firmware");
	copy_directory(&c, "etc/qemu/firmware");
	copy_directory(&c, NAME_DRIVERCTL_DIR);
	copy_text(&c, NAME_LOCKDOWN);
	copy_framebuffers(&c);
	copy_bars(&c);
	copy_driver_modules(&c);
	copy_hugepages(&c);
	capture_duties(root, sink, unreadable);
}
