/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "host/root.h"
#include "host/unknown.h"

enum cpu_vendor { CPU_UNKNOWN, CPU_INTEL, CPU_AMD, CPU_OTHER };

enum known { KNOWN_NOT, KNOWN_NO, KNOWN_YES };

/* How this host adds a word to its kernel command line, told by the files that are there. */
enum boot_loader {
	BOOT_UNKNOWN,
	BOOT_OSTREE,      /* rpm-ostree kargs */
	BOOT_BOOTC,       /* another image-based host: what its image says */
	BOOT_SNAPSHOT,    /* MicroOS: GRUB's menu is made in a snapshot */
	BOOT_NIXOS,       /* NixOS: its configuration makes the loader's */
	BOOT_KERNELSTUB,  /* Pop!_OS: /etc/kernelstub/configuration */
	BOOT_RASPBERRY,   /* /boot/firmware/cmdline.txt */
	BOOT_PROXMOX,     /* /etc/kernel/cmdline and proxmox-boot-tool */
	BOOT_GRUBBY,      /* Fedora: grubby edits every entry */
	BOOT_GRUB_DEBIAN, /* /etc/default/grub and update-grub */
	BOOT_GRUB,        /* /etc/default/grub and grub-mkconfig */
	BOOT_CMDLINE,     /* systemd-boot with /etc/kernel/cmdline */
	BOOT_ENTRIES,     /* systemd-boot with entries of one's own */
	BOOT_LOADER_MAX,
};

/* Processor, firmware and kernel, as far as they decide about passthrough. */
struct platform {
	enum cpu_vendor cpu;
	enum known virtualisation;  /* vmx or svm among the processor's flags */
	enum known firmware_iommu;  /* the firmware has a table that describes an IOMMU */
	const char *firmware_table; /* "DMAR", "IVRS", ...: the one that is there */
	struct strv cmdline;        /* the kernel's, in words */
	char *kernel_release;       /* "6.1.0-56-amd64"; NULL: not known */
	enum boot_loader boot_loader;
	char *lockdown;             /* "integrity" or "confidentiality"; NULL: none, or not known */
};

void platform_read(const struct host_root *root, struct platform *ret, struct unknowns *unknowns);
void platform_release(struct platform *platform);

/* The last word KEY=VALUE of the command line, "-" and "_" in KEY alike; NULL: there is none. */
const char *platform_cmdline_value(const struct platform *platform, const char *key);
