/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rivals.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/files.h"

/* "vendor:device[:subvendor[:subdevice[:class[:class_mask]]]]", each hexadecimal. */
static void add_ids(struct rivals *rivals, const char *where, const char *list)
{
	struct strv specs = { 0 };

	strv_split(&specs, list, ",\"");
	for (size_t i = 0; i < specs.count; i++) {
		unsigned int vendor, device, subvendor = 0xffff, subdevice = 0xffff;
		unsigned int class = 0, mask = 0;

		if (sscanf(specs.items[i], "%x:%x:%x:%x:%x:%x", &vendor, &device, &subvendor,
			   &subdevice, &class, &mask) < 2)
			continue;
		ARRAY_GROW(rivals->ids, rivals->ids_count);
		rivals->ids[rivals->ids_count++] = (struct ids_claim){
			.where = xstrdup(where), .vendor = (uint16_t)vendor,
			.device = (uint16_t)device, .subsystem_vendor = (uint16_t)subvendor,
			.subsystem_device = (uint16_t)subdevice, .class = class, .class_mask = mask,
		};
	}
	strv_release(&specs);
}

static bool is_vfio_pci(const char *word)
{
	return strcmp(word, "vfio-pci") == 0 || strcmp(word, "vfio_pci") == 0;
}

static void add_softdep(struct rivals *rivals, const char *where, const struct strv *words)
{
	bool before = false, found = false;

	for (size_t i = 2; i < words->count; i++) {
		if (strcmp(words->items[i], "pre:") == 0)
			before = true;
		else if (strcmp(words->items[i], "post:") == 0)
			before = false;
		else
			found |= before && is_vfio_pci(words->items[i]);
	}
	if (!found)
		return;
	ARRAY_GROW(rivals->softdeps, rivals->softdep_count);
	rivals->softdeps[rivals->softdep_count++] = (struct softdep){
		xstrdup(where), xstrdup(words->items[1]),
	};
}

/* "options vfio-pci ids=10de:1b80,10de:10f0", "softdep nouveau pre: vfio-pci" */
static void add_line(struct rivals *rivals, const char *where, const char *line)
{
	struct strv words = { 0 };

	strv_split(&words, line, " \t");
	if (words.count > 2 && strcmp(words.items[0], "softdep") == 0)
		add_softdep(rivals, where, &words);
	else if (words.count > 2 && strcmp(words.items[0], "options") == 0 &&
		 is_vfio_pci(words.items[1]))
		for (size_t i = 2; i < words.count; i++)
			if (strncmp(words.items[i], "ids=", 4) == 0)
				add_ids(rivals, where, words.items[i] + 4);
	strv_release(&words);
}

/* A backslash at the end of a line joins the next to it. */
static void join_lines(char *text)
{
	for (char *at = text; (at = strstr(at, "\\\n")); at++)
		at[0] = at[1] = ' ';
}

static void read_file(const struct host_root *root, const char *path, struct rivals *rivals,
		      struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL, *where = xasprintf("/%s", path);
	ssize_t r = host_read(root, path, &text);
	char *rest = text, *line;

	if (r < 0) {
		unknowns_add(unknowns, path, (int)r, "which devices modprobe.d gives to vfio-pci");
		return;
	}
	join_lines(text);
	while ((line = strsep(&rest, "\n")))
		add_line(rivals, where, line);
}

/* A file hides those of the same name in later directories, as libkmod has it. */
void modprobe_config_read(const struct host_root *root, const struct platform *platform,
			  struct rivals *rivals, struct unknowns *unknowns)
{
	static const char *const directories[] = {
		"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
		"usr/lib/modprobe.d", "lib/modprobe.d",
	};
	const char *ids = platform_cmdline_value(platform, "vfio-pci.ids");
	struct strv seen = { 0 };

	if (ids)
		add_ids(rivals, "the kernel command line", ids);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct strv names = { 0 };
		int r = host_list(root, directories[i], &names);

		if (r < 0)
			unknowns_add(unknowns, directories[i], r,
				     "which devices modprobe.d gives to vfio-pci");
		for (size_t j = 0; j < names.count; j++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", directories[i],
							      names.items[j]);
			size_t len = strlen(names.items[j]);

			if (len < 5 || strcmp(names.items[j] + len - 5, ".conf") != 0 ||
			    strv_has(&seen, names.items[j]))
				continue;
			strv_add(&seen, names.items[j]);
			read_file(root, path, rivals, unknowns);
		}
		strv_release(&names);
	}
	strv_release(&seen);
}
