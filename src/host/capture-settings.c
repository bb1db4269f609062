/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "host/names.h"

#define FILE_LIMIT (16 << 20)

/* A file of which only some words or lines are kept. */
struct thinned {
	const char *path;
	const char *separators;
	const char *const *kept; /* beginnings of what is kept, up to NULL */
	char joined;             /* stands behind each */
};

static const char *const cmdline_kept[] = {
	"intel_iommu=", "amd_iommu=", "iommu=", "iommu.", "intremap=", "pci=", "pcie_", "vfio",
	"modprobe.", "module_blacklist=", "initcall_blacklist=", "video=", "nomodeset", "kvm",
	"hugepages", "hugepagesz", "default_hugepagesz", "radeon.", "amdgpu.", "nouveau.",
	"nvidia", "i915.", "xe.", "rd.driver.", "efifb", "console=", "drm", NULL,
};

/* One processor is like the others; serial numbers, which ARM has here, begin with another word. */
static const char *const cpuinfo_kept[] = { "vendor_id", "flags", NULL };

static const struct thinned thinned_files[] = {
	{ "proc/cmdline", " \n", cmdline_kept, ' ' },
	{ "proc/cpuinfo", "\n", cpuinfo_kept, '\n' },
};

static const char *const modprobe_kept[] = { "blacklist ", "install ", "softdep ",
					     "options vfio", NULL };

static const char *const claim_kept[] = { "[claim]", "address=", "ids=", "functions=", "driver=",
					  "boot-gpu=", NULL };

static const char *const whole_files[] = { "proc/iomem", "proc/modules", NAME_OSRELEASE };

/* Of these only whether they are there is told. */
static const char *const present_files[] = {
	"sys/firmware/acpi/tables/DMAR", "sys/firmware/acpi/tables/IVRS",
	"sys/firmware/acpi/tables/IORT", "etc/default/grub", "etc/kernel/cmdline",
	"boot/loader/loader.conf",
};

static void thin_out(const struct host_root *root, const struct capture_sink *sink,
		     const struct thinned *thinned, struct strv *unreadable)
{
	_cleanup_(strv_release) struct strv words = { 0 };
	_cleanup_free_ char *text = NULL, *kept = NULL;
	ssize_t r = fileat_read_all(root->fd, thinned->path, FILE_LIMIT, &text);
	size_t len = 0;

	if (r < 0) {
		if (r != -ENOENT)
			strv_add(unreadable, thinned->path);
		return;
	}
	strv_split(&words, text, thinned->separators);
	kept = xcalloc((size_t)r + 2, 1);
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];

		for (const char *const *start = thinned->kept; *start; start++) {
			if (strncmp(word, *start, strlen(*start)) != 0)
				continue;
			len = (size_t)(stpcpy(kept + len, word) - kept);
			kept[len++] = thinned->joined;
			break;
		}
	}
	sink->file(sink->context, thinned->path, kept, len);
}

static void capture_directory(const struct host_root *root, const struct capture_sink *sink,
			      const char *directory, const char *const *kept,
			      struct strv *unreadable)
{
	int fd = host_root_openat(root, directory, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, entry->d_name);
		struct thinned file = { path, "\n", kept, '\n' };

		if (entry->d_name[0] != '.')
			thin_out(root, sink, &file, unreadable);
	}
	if (dir)
		closedir(dir);
}

/*
 * Names of network interfaces stand in /proc/interrupts, and may hold a hardware address; what is
 * read of it is whether interrupts are remapped.
 */
static void capture_interrupts(const struct host_root *root, const struct capture_sink *sink,
			       struct strv *unreadable)
{
	_cleanup_free_ char *text = NULL;
	ssize_t len = fileat_read_all(root->fd, NAME_INTERRUPTS, FILE_LIMIT, &text);
	const char *line;

	if (len < 0) {
		if (len != -ENOENT)
			strv_add(unreadable, NAME_INTERRUPTS);
		return;
	}
	line = strstr(text, " IR-") ? "  0: 0 IR-IO-APIC 0-edge\n" : "  0: 0 IO-APIC 0-edge\n";
	sink->file(sink->context, NAME_INTERRUPTS, line, strlen(line));
}

void capture_settings(const struct host_root *root, const struct capture_sink *sink,
		      struct strv *unreadable)
{
	static const char *const modprobe[] = { "etc/modprobe.d", "run/modprobe.d",
						"usr/local/lib/modprobe.d",
						"usr/lib/modprobe.d", "lib/modprobe.d" };

	for (size_t i = 0; i < ARRAY_SIZE(thinned_files); i++)
		thin_out(root, sink, &thinned_files[i], unreadable);
	for (size_t i = 0; i < ARRAY_SIZE(modprobe); i++)
		capture_directory(root, sink, modprobe[i], modprobe_kept, unreadable);
	capture_directory(root, sink, NAME_CLAIMS_DIR + 1, claim_kept, unreadable);
	capture_directory(root, sink, NAME_CLAIMS_DIR_OF_IMAGE + 1, claim_kept, unreadable);
	for (size_t i = 0; i < ARRAY_SIZE(whole_files); i++) {
		_cleanup_free_ char *text = NULL;
		ssize_t len = fileat_read_all(root->fd, whole_files[i], FILE_LIMIT, &text);

		if (len >= 0)
			sink->file(sink->context, whole_files[i], text, (size_t)len);
	}
	for (size_t i = 0; i < ARRAY_SIZE(present_files); i++)
		if (faccessat(root->fd, present_files[i], F_OK, 0) == 0)
			sink->file(sink->context, present_files[i], "", 0);
	capture_interrupts(root, sink, unreadable);
}
