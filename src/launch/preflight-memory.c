/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/parse.h"
#include "host/names.h"
#include "launch/preflight-parts.h"

#define TEXT_MAX (64 * 1024)

static char *read_text(const struct host_root *root, const char *path)
{
	_cleanup_close_ int fd = host_root_openat(root, path, O_RDONLY);
	char *text = NULL;

	return fd >= 0 && fd_read_all(fd, TEXT_MAX, &text) >= 0 ? text : NULL;
}

/* Bytes that a line of /proc/meminfo says in KiB; 0: no such line. */
static uint64_t meminfo(const struct host_root *root, const char *key)
{
	_cleanup_free_ char *text = read_text(root, NAME_MEMINFO);
	const char *line = text ? strstr(text, key) : NULL;
	uint64_t kib;

	return line && sscanf(line + strlen(key), " %" SCNu64 " kB", &kib) == 1 ? kib << 10 : 0;
}

/* vfio locks all of the guest's memory at the start: what is not free now cannot be had. */
static void check_free(const struct host_root *root, const struct guest *guest,
		       struct finding_list *findings)
{
	uint64_t available = meminfo(root, "MemAvailable:"), wanted = guest->board.memory.bytes;

	if (guest->hostdev_count == 0 || available == 0 || wanted <= available)
		return;
	finding_add(findings, FINDING_MEMORY_LOW, guest->name,
		    xasprintf("the guest's memory, %s, is locked while a device is passed through, "
			      "and this host has %" PRIu64 " MiB available.",
			      guest->board.memory.text, available >> 20),
		    xasprintf("End what uses memory on this host, or lower memory= in %s.",
			      guest->file));
}

/* On any other file system QEMU would take usual pages, and say nothing. */
static void check_mount(const struct guest *guest, uint64_t size, struct strv *problems)
{
	const struct value_text *path = &guest->memory.path;
	struct statfs fs;

	if (!path->text)
		return;
	if (statfs(path->text, &fs) < 0)
		strv_addf(problems, "%s:%u: path=%s: %s: leave it out, as huge pages need no mount",
			  guest->file, path->line, path->text, strerror(errno));
	else if (fs.f_type != HUGETLBFS_MAGIC || (uint64_t)fs.f_bsize != size)
		strv_addf(problems,
			  "%s:%u: path=%s: is no file system of huge pages of this size: leave it out, as "
			  "huge pages need no mount, or mount -t hugetlbfs -o pagesize=%s none %s",
			  guest->file, path->line, path->text, size >> 30 ? "1G" : "2M", path->text);
}

static void check_hugepages(const struct host_root *root, const struct guest *guest,
			    struct strv *problems)
{
	bool large = guest->memory.hugepages == GUEST_HUGEPAGES_1G;
	uint64_t size = large ? UINT64_C(1) << 30 : UINT64_C(2) << 20, free_pages = 0;
	_cleanup_free_ char *path = xasprintf(NAME_HUGEPAGES "/hugepages-%" PRIu64 "kB/%s",
					      size >> 10, "free_hugepages");
	_cleanup_free_ char *text = read_text(root, path);
	uint64_t wanted = guest->board.memory.bytes / size;

	check_mount(guest, size, problems);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	if (!text || parse_uint(text, UINT64_MAX, &free_pages) < 0)
		strv_addf(problems, "%s:%u: hugepages=%s: this host has no huge pages of that size",
			  guest->file, guest->memory.at.line, large ? "1G" : "2M");
	else if (free_pages < wanted)
		strv_addf(problems,
			  "%s:%u: hugepages=%s: the guest needs %" PRIu64 " of them, and %" PRIu64
			  " are free: write a larger number to /%.*s/nr_hugepages, or set them aside "
			  "at boot (hugepagesz=%s hugepages=%" PRIu64 ")",
			  guest->file, guest->memory.at.line, large ? "1G" : "2M", wanted,
			  free_pages, (int)(strrchr(path, '/') - path), path, large ? "1G" : "2M",
			  wanted);
}

static void check_pins(const struct guest *guest, const struct value_cpus *online,
		       const char *key, const struct value_cpus *pins, struct strv *problems)
{
	bool found = true;

	for (size_t i = 0; i < pins->count && found; i++) {
		found = false;
		for (size_t n = 0; n < online->count && !found; n++)
			found = online->items[n] == pins->items[i];
		if (!found)
			strv_addf(problems,
				  "%s:%u: %s=%s: this host has no processor %u: it has %s",
				  guest->file, pins->line, key, pins->text, pins->items[i],
				  online->text);
	}
}

static void check_cpus(const struct host_root *root, const struct guest *guest,
		       struct strv *problems)
{
	const struct guest_cpu *cpu = &guest->cpu;
	_cleanup_free_ char *text = read_text(root, NAME_CPUS_ONLINE);
	struct value_cpus online;

	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	/* More than we keep a list of are not looked at: QEMU's threads say so then. */
	if (value_parse_cpus(text, 0, &online) < 0)
		return;
	check_pins(guest, &online, "pin", &cpu->pin, problems);
	check_pins(guest, &online, "emulator-pin", &cpu->emulator_pin, problems);
	check_pins(guest, &online, "iothread-pin", &cpu->iothread_pin, problems);
	free(online.text);
}

void preflight_memory(const struct host_root *root, const struct guest *guest,
		      struct strv *problems, struct finding_list *findings)
{
	if (guest->memory.hugepages != GUEST_HUGEPAGES_NO)
		check_hugepages(root, guest, problems);
	else
		check_free(root, guest, findings);
	check_cpus(root, guest, problems);
}
