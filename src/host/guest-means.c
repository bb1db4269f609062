/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/guest-means.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "host/files.h"
#include "host/names.h"

/* Less than this no guest of today runs in, and all of a guest's memory gets locked. */
#define MEMLOCK_NEEDED (UINT64_C(1) << 30)

/* The node is there before the driver: opening it would load the driver. So the class is asked. */
static enum kvm_state find_kvm(const struct host_root *root)
{
	if (!host_has(root, NAME_MISC_CLASS))
		return KVM_UNKNOWN;
	if (!host_has(root, NAME_MISC_CLASS "/kvm"))
		return KVM_ABSENT;
	if (root->live && faccessat(root->fd, NAME_DEV_KVM, R_OK | W_OK, AT_EACCESS) < 0)
		return KVM_FORBIDDEN;
	return KVM_USABLE;
}

static bool has_program(const struct host_root *root, const char *directories, const char *name)
{
	struct strv v = { 0 };
	bool found = false;

	strv_split(&v, directories, ":");
	for (size_t i = 0; i < v.count && !found; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", v.items[i], name);

		found = host_has(root, path);
	}
	strv_release(&v);
	return found;
}

/* RHEL's QEMU is called qemu-kvm and not in the PATH. */
static enum known find_qemu(const struct host_root *root)
{
	const char *path = root->live ? getenv("PATH") : NULL;

	if (!host_has(root, "usr/bin"))
		return KNOWN_NOT;
	return has_program(root, "/usr/local/bin:/usr/bin", "qemu-system-x86_64") ||
	       has_program(root, "/usr/libexec", "qemu-kvm") ||
	       (path && has_program(root, path, "qemu-system-x86_64"))
	       ? KNOWN_YES : KNOWN_NO;
}

/* A firmware descriptor says "uefi" among its interface types; SeaBIOS has one too, with "bios". */
static bool has_uefi_descriptor(const struct host_root *root, const char *directory)
{
	struct strv names = { 0 };
	bool found = false;

	if (host_list(root, directory, &names) < 0)
		return false;
	for (size_t i = 0; i < names.count && !found; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);
		_cleanup_free_ char *text = NULL;

		found = host_read(root, path, &text) > 0 && strstr(text, "\"uefi\"") &&
			strstr(text, "\"x86_64\"");
	}
	strv_release(&names);
	return found;
}

static enum known find_firmware(const struct host_root *root)
{
	static const char *const files[] = {
		"usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_CODE.fd",
		"usr/share/edk2/ovmf/OVMF_CODE.fd", "usr/share/edk2/x64/OVMF_CODE.4m.fd",
		"usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
	};

	if (!host_has(root, "usr/share"))
		return KNOWN_NOT;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (host_has(root, files[i]))
			return KNOWN_YES;
	return has_uefi_descriptor(root, "etc/qemu/firmware") ||
	       has_uefi_descriptor(root, "usr/share/qemu/firmware") ? KNOWN_YES : KNOWN_NO;
}

/* Root has CAP_IPC_LOCK, to which no limit applies. */
static void find_memlock(const struct host_root *root, struct guest_means *means)
{
	struct rlimit limit;

	if (!root->live || geteuid() == 0 || getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return;
	means->memlock_limit = limit.rlim_cur;
	means->memlock_low = limit.rlim_cur < MEMLOCK_NEEDED ? KNOWN_YES : KNOWN_NO;
}

static uint64_t read_count(const struct host_root *root, const char *pool, const char *name)
{
	_cleanup_free_ char *path = xasprintf(NAME_HUGEPAGES "/%s/%s", pool, name);
	_cleanup_free_ char *text = NULL;
	uint64_t count = 0;

	if (host_read(root, path, &text) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return parse_uint(text, UINT64_MAX, &count) == 0 ? count : 0;
}

static void find_hugepages(const struct host_root *root, struct guest_means *means)
{
	struct strv pools = { 0 };

	if (host_list(root, NAME_HUGEPAGES, &pools) < 0)
		return;
	means->hugepages = pools.count > 0 ? KNOWN_YES : KNOWN_NO;
	for (size_t i = 0; i < pools.count; i++) {
		means->hugepages_total += read_count(root, pools.items[i], "nr_hugepages");
		means->hugepages_free += read_count(root, pools.items[i], "free_hugepages");
	}
	strv_release(&pools);
}

void guest_means_read(const struct host_root *root, struct guest_means *ret)
{
	*ret = (struct guest_means){
		.kvm = find_kvm(root),
		.qemu = find_qemu(root),
		.firmware = find_firmware(root),
	};
	find_memlock(root, ret);
	find_hugepages(root, ret);
}
