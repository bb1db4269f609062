/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply/rom-read.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

/* PCI Local Bus Specification 3.0, 6.2.5.2: the largest ROM that a device can have. */
#define ROM_SIZE_MAX (16 << 20)

/* The seventh line of the attribute "resource": "start end flags", in hexadecimal. */
#define ROM_RESOURCE_LINE 6

/* IORESOURCE_ROM_SHADOW, include/linux/ioport.h: arch/x86/pci/fixup.c puts the copy at c0000. */
#define FLAG_ROM_SHADOW (1 << 1)
#define SHADOW_START    0xc0000

/* Where the kernel says nothing, the boot GPU is taken to be shadowed. */
static bool is_shadowed(int dirfd, const struct pci_function *function)
{
	unsigned long long start, end, flags;
	char text[2048], *line = text;

	if (fileat_read(dirfd, "resource", text, sizeof(text)) < 0)
		return function->boot_vga;
	for (int i = 0; i < ROM_RESOURCE_LINE && line; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line || sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3)
		return function->boot_vga;
	return flags & FLAG_ROM_SHADOW || start == SHADOW_START;
}

/* One write(2) each: drivers/pci/pci-sysfs.c disables at exactly '0' and one more byte. */
static int switch_rom(int fd, const char *value)
{
	ssize_t n = pwrite(fd, value, strlen(value), 0);

	return n < 0 ? -errno : n == (ssize_t)strlen(value) ? 0 : -EIO;
}

static ssize_t read_whole(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = pread(fd, buf + len, size - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Enable, read, disable; a signal that wants to end us waits until that is done. */
static ssize_t read_enabled(int fd, char *buf, size_t size, int *ret_disabled)
{
	static const int waiting[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP };
	sigset_t block, before;
	ssize_t len;

	sigemptyset(&block);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		sigaddset(&block, waiting[i]);
	sigprocmask(SIG_BLOCK, &block, &before);
	len = switch_rom(fd, "1\n");
	if (len == 0)
		len = read_whole(fd, buf, size);
	*ret_disabled = switch_rom(fd, "0\n");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return len;
}

static bool is_silence(const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (buf[i] != '\xff')
			return false;
	return true;
}

static int open_rom(const struct host_root *root, const struct pci_function *function,
		    const char *name, struct error *err)
{
	_cleanup_close_ int dirfd = -1;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s", name);
	dirfd = host_root_openat(root, path, O_RDONLY | O_DIRECTORY);
	if (dirfd < 0)
		return error_errno(err, dirfd, "%s: cannot open /%s", name, path);
	if (is_shadowed(dirfd, function))
		return error_set(err, -ENOTSUP, "%s: this says nothing about its ROM: it is the boot "
				 "GPU, and Linux shows in place of the card's ROM the copy that the "
				 "firmware made in memory, which can be changed, another or empty. Read "
				 "the ROM in a boot where another GPU has the console, or get it from "
				 "the maker of the card; have the file judged by vfioadm rom FILE, and "
				 "give it to the guest as the card's romfile", name);
	fd = openat(dirfd, "rom", O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return error_set(err, -ENOENT, "%s: it has no option ROM of its own", name);
	if (errno == EACCES || errno == EPERM)
		return error_set(err, -EACCES, "%s: only root can read the ROM of a device: run it "
				 "with sudo", name);
	return error_errno(err, -errno, "%s: cannot open its ROM", name);
}

int rom_read_device(const struct host_root *root, const struct pci_function *function,
		    char **ret, size_t *ret_size, struct error *err)
{
	struct pci_addr_text name = pci_addr_text(function->addr);
	_cleanup_close_ int fd = open_rom(root, function, name.text, err);
	_cleanup_free_ char *buf = NULL;
	int disabled;
	ssize_t len;

	if (fd < 0)
		return fd;
	buf = xcalloc(ROM_SIZE_MAX, 1);
	len = read_enabled(fd, buf, ROM_SIZE_MAX, &disabled);
	if (disabled < 0)
		return error_errno(err, disabled, "%s: cannot disable its ROM again: do   echo 0 "
				   ">/" NAME_PCI_DEVICES "/%s/rom", name.text, name.text);
	/* A card that does not answer has no 55 AA for the kernel either: EIO, or nothing to read. */
	if (len == -EIO || (len >= 0 && is_silence(buf, (size_t)len)))
		return error_set(err, -ENODATA, "%s: this says nothing about its ROM: the card does "
				 "not show one (power state %s, driver %s). If it sleeps, wake it and "
				 "try again:   echo on >/" NAME_PCI_DEVICES "/%s/power/control", name.text,
				 function->power_state ? function->power_state : "unknown",
				 function->driver ? function->driver : "none", name.text);
	if (len < 0)
		return error_errno(err, (int)len, "%s: cannot read its ROM", name.text);
	*ret = TAKE_PTR(buf);
	*ret_size = (size_t)len;
	return 0;
}
