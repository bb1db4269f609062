/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/block-use.h"
#include "host/files.h"
#include "host/names.h"
#include "host/net-use.h"
#include "host/rivals.h"

/*
 * What the host needs devices for: of mounts, swap, routes and guests only what bears on devices,
 * under the kernel's names: volume groups are often named after the host, and an interface whose
 * name is made of its address, enx0123456789ab, becomes enx.
 */
struct copy {
	const struct host_root *root;
	const struct capture_sink *sink;
	struct strv *unreadable;
};

static char *read_text(const struct copy *c, const char *path)
{
	char *text = NULL;
	ssize_t r = host_read(c->root, path, &text);

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		strv_add(c->unreadable, path);
	return text;
}

static void put_text(const struct copy *c, const char *path, char *text, size_t size)
{
	c->sink->file(c->sink->context, path, text, size);
	free(text);
}

/* A directory of links to devices: each link, and where it leads. */
static char *put_device(const struct copy *c, const char *directory, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", directory, name);
	char target[4096], *below;

	if (host_readlink(c->root, path, target, sizeof(target)) < 0 ||
	    !(below = strstr(target, "devices/")))
		return NULL;
	c->sink->link(c->sink->context, path, target);
	below = xasprintf("sys/%s", below);
	c->sink->directory(c->sink->context, below);
	return below;
}

static void put_block_devices(const struct copy *c)
{
	_cleanup_(strv_release) struct strv names = { 0 };

	if (host_list(c->root, NAME_BLOCK_CLASS, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_(strv_release) struct strv slaves = { 0 };
		_cleanup_free_ char *device = put_device(c, NAME_BLOCK_CLASS, names.items[i]);
		_cleanup_free_ char *partition = xasprintf("%s/partition", device ? device : "");
		_cleanup_free_ char *below = xasprintf("%s/slaves", device ? device : "");

		if (!device)
			continue;
		if (host_has(c->root, partition))
			c->sink->file(c->sink->context, partition, "", 0);
		if (host_list(c->root, below, &slaves) < 0)
			continue;
		for (size_t j = 0; j < slaves.count; j++) {
			_cleanup_free_ char *slave = xasprintf("%s/%s", below, slaves.items[j]);

			capture_link(c->root, c->sink, slave);
		}
	}
}

static void put_links_below(const struct copy *c, const char *directory, const char *start)
{
	_cleanup_(strv_release) struct strv names = { 0 };

	if (host_list(c->root, directory, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", directory, names.items[i]);

		if (strncmp(names.items[i], start, strlen(start)) == 0)
			capture_link(c->root, c->sink, path);
	}
}

static void put_pools(const struct copy *c)
{
	_cleanup_(strv_release) struct strv subsystems = { 0 }, uuids = { 0 };

	if (host_list(c->root, NAME_NVME_SUBSYSTEMS, &subsystems) == 0)
		for (size_t i = 0; i < subsystems.count; i++) {
			_cleanup_free_ char *device =
				put_device(c, NAME_NVME_SUBSYSTEMS, subsystems.items[i]);

			if (device)
				put_links_below(c, device, "nvme");
		}
	if (host_list(c->root, NAME_BTRFS, &uuids) == 0)
		for (size_t i = 0; i < uuids.count; i++) {
			_cleanup_free_ char *path =
				xasprintf(NAME_BTRFS "/%s/devices", uuids.items[i]);

			put_links_below(c, path, "");
		}
}

static void put_mounts(const struct copy *c)
{
	_cleanup_free_ char *text = read_text(c, NAME_MOUNTS);
	char *rest = text, *line, *kept = NULL;
	size_t size;
	FILE *out;

	if (!text)
		return;
	out = xopen_memstream(&kept, &size);
	while ((line = strsep(&rest, "\n"))) {
		char *dash = strstr(line, " - "), number[32], point[512], type[64], source[512];
		char name[512] = "";
		_cleanup_free_ char *link = NULL;

		if (!dash || sscanf(line, "%*s %*s %31s %*s %511s", number, point) != 2 ||
		    sscanf(dash + 3, "%63s %511s", type, source) != 2)
			continue;
		if (!block_kernel_name(c->root, source, name, sizeof(name)) && number[0] == '0' &&
		    strcmp(type, "zfs") != 0)
			continue;
		fprintf(out, "1 1 %s / %s rw - %s %s%s rw\n", number, point, type,
			*name ? "/dev/" : "-", name);
		link = xasprintf(NAME_BLOCK_NUMBERS "/%s", number);
		capture_link(c->root, c->sink, link);
	}
	fclose(out);
	put_text(c, NAME_MOUNTS, kept, size);
}

static void put_swaps(const struct copy *c)
{
	_cleanup_free_ char *text = read_text(c, NAME_SWAPS);
	char *rest = text, *line, *kept = NULL, source[512], type[32], name[512];
	size_t size;
	FILE *out;

	if (!text)
		return;
	out = xopen_memstream(&kept, &size);
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%511s %31s", source, type) == 2 &&
		    strcmp(type, "partition") == 0 &&
		    block_kernel_name(c->root, source, name, sizeof(name)))
			fprintf(out, "/dev/%s partition 0 0 0\n", name);
	fclose(out);
	put_text(c, NAME_SWAPS, kept, size);
}

static void hide_address(char *name)
{
	if (strncmp(name, "enx", 3) == 0)
		name[3] = '\0';
}

static void put_interfaces(const struct copy *c)
{
	_cleanup_(strv_release) struct strv names = { 0 };
	char target[4096], *below;

	if (host_list(c->root, NAME_NET_CLASS, &names) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *link = xasprintf(NAME_NET_CLASS "/%s", names.items[i]);
		_cleanup_free_ char *path = NULL, *device = NULL;
		_cleanup_(strv_release) struct strv lower = { 0 };

		if (host_readlink(c->root, link, target, sizeof(target)) < 0 ||
		    !(below = strstr(target, "devices/")) || host_list(c->root, link, &lower) < 0)
			continue;
		hide_address(names.items[i]);
		hide_address(strrchr(target, '/') + 1);
		path = xasprintf(NAME_NET_CLASS "/%s", names.items[i]);
		device = xasprintf("sys/%s", below);
		c->sink->link(c->sink->context, path, target);
		c->sink->directory(c->sink->context, device);
		for (size_t j = 0; j < lower.count; j++) {
			_cleanup_free_ char *file = NULL;

			if (strncmp(lower.items[j], "lower_", 6) != 0)
				continue;
			hide_address(lower.items[j] + 6);
			file = xasprintf("%s/%s", device, lower.items[j]);
			c->sink->file(c->sink->context, file, "", 0);
		}
	}
}

/* Default routes alone, without the gateway's address. */
static void put_routes(const struct copy *c, const char *path, bool ipv6)
{
	_cleanup_free_ char *text = read_text(c, path);
	char *rest = text, *line, *kept = NULL, name[32];
	size_t size;
	FILE *out;

	if (!text)
		return;
	out = xopen_memstream(&kept, &size);
	while ((line = strsep(&rest, "\n"))) {
		if (!(ipv6 ? route_is_default_ipv6 : route_is_default_ipv4)(line, name))
			continue;
		hide_address(name);
		if (ipv6)
			fprintf(out, "%032d 00 %032d 00 %032d 0 0 0 1 %s\n", 0, 0, 0, name);
		else
			fprintf(out, "%s 00000000 00000000 0001 0 0 0 00000000 0 0 0\n", name);
	}
	fclose(out);
	put_text(c, path, kept, size);
}

/* Of a guest its name and the addresses of its devices. */
static void put_guests(const struct copy *c)
{
	struct unknowns unknowns = { 0 };
	struct rivals rivals = { 0 };

	libvirt_uses_read(c->root, &rivals, &unknowns);
	for (size_t i = 0; i < rivals.use_count; i++) {
		const struct libvirt_use *use = &rivals.uses[i];
		_cleanup_free_ char *path = xasprintf(NAME_LIBVIRT_DIR "/%s.xml", use->guest);
		char *kept = NULL;
		size_t size;
		FILE *out;

		if (i > 0 && strcmp(rivals.uses[i - 1].guest, use->guest) == 0)
			continue;
		out = xopen_memstream(&kept, &size);
		for (size_t j = i; j < rivals.use_count; j++)
			if (strcmp(rivals.uses[j].guest, use->guest) == 0)
				fprintf(out, "<hostdev type='pci'><source><address domain='0x%x' "
					"bus='0x%x' slot='0x%x' function='0x%x'/></source>"
					"</hostdev>\n",
					rivals.uses[j].addr.domain, rivals.uses[j].addr.bus,
					rivals.uses[j].addr.device, rivals.uses[j].addr.function);
		fclose(out);
		put_text(c, path, kept, size);
	}
	for (size_t i = 0; i < unknowns.count; i++)
		strv_add(c->unreadable, unknowns.items[i].path + 1);
	unknowns_release(&unknowns);
	rivals_release(&rivals);
}

void capture_duties(const struct host_root *root, const struct capture_sink *sink,
		    struct strv *unreadable)
{
	const struct copy c = { root, sink, unreadable };

	put_block_devices(&c);
	put_pools(&c);
	put_mounts(&c);
	put_swaps(&c);
	put_interfaces(&c);
	put_routes(&c, NAME_ROUTES, false);
	put_routes(&c, NAME_ROUTES_IPV6, true);
	put_guests(&c);
}
