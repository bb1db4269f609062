/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/platform.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"
#include "host/names.h"

static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += len)
		if (at > line && (at[-1] == ' ' || at[-1] == '\t') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

/* The first processor speaks for all; their lines end at the first empty one. */
static void read_cpu(const struct host_root *root, struct platform *platform,
		     struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL;
	ssize_t r = host_read(root, NAME_CPUINFO, &text);
	char *rest = text, *line;

	if (r < 0)
		unknowns_add(unknowns, NAME_CPUINFO, (int)r,
			     "whether the processor can virtualise");
	while (text && (line = strsep(&rest, "\n")) && *line) {
		if (strncmp(line, "vendor_id", 9) == 0)
			platform->cpu = strstr(line, "GenuineIntel")   ? CPU_INTEL
					: strstr(line, "AuthenticAMD") ? CPU_AMD
					: strstr(line, "HygonGenuine") ? CPU_AMD
								       : CPU_OTHER;
		if (strncmp(line, "flags", 5) == 0)
			platform->virtualisation =
				has_word(line, "vmx") || has_word(line, "svm") ? KNOWN_YES
									       : KNOWN_NO;
	}
}

/* DMAR: Intel, IVRS: AMD, IORT: ARM, VIOT: virtio. Reading them takes root; that they exist not. */
static void read_firmware(const struct host_root *root, struct platform *platform,
			  struct unknowns *unknowns)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT", "VIOT" };
	struct strv names = { 0 };
	int r = host_list(root, NAME_ACPI_TABLES, &names);

	if (r < 0) {
		unknowns_add(unknowns, NAME_ACPI_TABLES, r, "whether the firmware has an IOMMU on");
		return;
	}
	platform->firmware_iommu = KNOWN_NO;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!strv_has(&names, tables[i]))
			continue;
		platform->firmware_iommu = KNOWN_YES;
		platform->firmware_table = tables[i];
	}
	strv_release(&names);
}

/* "none [integrity] confidentiality" */
static void read_lockdown(const struct host_root *root, struct platform *platform)
{
	_cleanup_free_ char *text = NULL;
	char *word, *end;

	if (host_read(root, NAME_LOCKDOWN, &text) < 0)
		return;
	word = strchr(text, '[');
	end = word ? strchr(word, ']') : NULL;
	if (!end || strncmp(word, "[none]", 6) == 0)
		return;
	platform->lockdown = xstrndup(word + 1, (size_t)(end - word - 1));
}

/* In the order in which they win where several are there. */
static enum boot_loader find_boot_loader(const struct host_root *root)
{
	static const struct {
		enum boot_loader loader;
		const char *files[2];
	} signs[] = {
		{ BOOT_OSTREE, { "run/ostree-booted", "usr/bin/rpm-ostree" } },
		{ BOOT_BOOTC, { "run/ostree-booted" } },
		{ BOOT_SNAPSHOT, { "usr/sbin/transactional-update", "etc/default/grub" } },
		{ BOOT_NIXOS, { "etc/NIXOS" } },
		{ BOOT_KERNELSTUB, { "etc/kernelstub/configuration" } },
		{ BOOT_RASPBERRY, { "boot/firmware/cmdline.txt", "boot/firmware/config.txt" } },
		{ BOOT_PROXMOX, { "etc/kernel/proxmox-boot-uuids", "etc/kernel/cmdline" } },
		{ BOOT_GRUBBY, { "usr/sbin/grubby", "etc/default/grub" } },
		{ BOOT_GRUB_DEBIAN, { "usr/sbin/update-grub", "etc/default/grub" } },
		{ BOOT_GRUB, { "etc/default/grub" } },
		{ BOOT_CMDLINE, { "etc/kernel/cmdline" } },
		{ BOOT_ENTRIES, { "boot/loader/entries" } },
		{ BOOT_ENTRIES, { "efi/loader/entries" } },
		{ BOOT_ENTRIES, { "boot/efi/loader/entries" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (host_has(root, signs[i].files[0]) &&
		    (!signs[i].files[1] || host_has(root, signs[i].files[1])))
			return signs[i].loader;
	return BOOT_UNKNOWN;
}

static void read_kernel(const struct host_root *root, struct platform *platform,
			struct unknowns *unknowns)
{
	_cleanup_free_ char *cmdline = NULL;
	ssize_t r = host_read(root, NAME_CMDLINE, &cmdline);

	if (r < 0)
		unknowns_add(unknowns, NAME_CMDLINE, (int)r, "what the kernel was told at boot");
	else
		strv_split(&platform->cmdline, cmdline, " \t\n");
	if (host_read(root, NAME_OSRELEASE, &platform->kernel_release) < 0)
		platform->kernel_release = NULL;
}

void platform_read(const struct host_root *root, struct platform *ret, struct unknowns *unknowns)
{
	platform_release(ret);
	read_cpu(root, ret, unknowns);
	read_firmware(root, ret, unknowns);
	read_kernel(root, ret, unknowns);
	read_lockdown(root, ret);
	ret->boot_loader = find_boot_loader(root);
}

void platform_release(struct platform *platform)
{
	strv_release(&platform->cmdline);
	free(platform->kernel_release);
	free(platform->lockdown);
	*platform = (struct platform){ 0 };
}

static bool same_key(const char *word, const char *key)
{
	for (; *key; word++, key++)
		if (*word != *key && !(strchr("-_", *word) && *word && strchr("-_", *key)))
			return false;
	return *word == '=';
}

const char *platform_cmdline_value(const struct platform *platform, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0; i < platform->cmdline.count; i++)
		if (same_key(platform->cmdline.items[i], key))
			value = strchr(platform->cmdline.items[i], '=') + 1;
	return value;
}
