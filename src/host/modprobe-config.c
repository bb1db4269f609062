/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rivals.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "host/config-file.h"
#include "host/files.h"

static const char what[] = "which devices modprobe.d gives to vfio-pci";

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
static void add_line(struct rivals *rivals, const char *where, unsigned int number, const char *line)
{
	struct strv words = { 0 };

	strv_split(&words, line, " \t");
	if (words.count > 2 && strcmp(words.items[0], "softdep") == 0)
		add_softdep(rivals, where, &words);
	else if (words.count > 2 && strcmp(words.items[0], "options") == 0 &&
		 is_vfio_pci(words.items[1]))
		for (size_t i = 2; i < words.count; i++)
			if (strncmp(words.items[i], "ids=", 4) == 0)
				ids_source_add(rivals, where, number, words.items[i]);
	strv_release(&words);
}

/*
 * The next line, in place, or NULL at the end; *number becomes that of its beginning. A backslash at
 * the end of a line joins the next to it, with nothing in between; before anything else it is no
 * part of the line.
 */
static char *next_line(char **rest, unsigned int *number, unsigned int *lines)
{
	char *line = *rest, *to = line, *from = line;

	if (!line)
		return NULL;
	*number = ++*lines;
	for (; *from && *from != '\n'; from++) {
		if (*from == '\\' && from[1] == '\n') {
			from++;
			++*lines;
			continue;
		}
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return line;
}

static void read_file(const struct host_root *root, const char *path, struct rivals *rivals,
		      struct unknowns *unknowns)
{
	_cleanup_free_ char *text = NULL, *where = xasprintf("/%s", path);
	ssize_t r = host_read(root, path, &text);
	unsigned int number, lines = 0;
	char *rest = text, *line;

	if (r < 0) {
		rivals_add_unread(rivals, unknowns, path, (int)r, what);
		return;
	}
	if (strlen(text) != (size_t)r)
		strv_addf(&rivals->problems, "%s: is not a text: there is a NUL in it", where);
	while ((line = next_line(&rest, &number, &lines)))
		add_line(rivals, where, number, line);
}

static void read_cmdline(const struct platform *platform, struct rivals *rivals)
{
	for (size_t i = 0; i < platform->cmdline.count; i++) {
		const char *word = platform->cmdline.items[i];

		if (strncmp(word, "vfio-pci.ids=", 13) == 0 || strncmp(word, "vfio_pci.ids=", 13) == 0)
			ids_source_add(rivals, "the kernel command line", 0, word);
	}
}

struct config_path {
	const char *name; /* points into path */
	char *path;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct config_path *)a)->name, ((const struct config_path *)b)->name);
}

struct config_paths {
	struct config_path *items;
	size_t count;
	struct strv seen;
};

static void list_directory(const struct host_root *root, const char *directory,
			   struct config_paths *paths, struct rivals *rivals,
			   struct unknowns *unknowns)
{
	struct strv names = { 0 };
	int r = host_list(root, directory, &names);

	if (r < 0)
		rivals_add_unread(rivals, unknowns, directory, r, what);
	for (size_t i = 0; i < names.count; i++) {
		struct config_path item;

		if (!config_has_suffix(names.items[i]) || strv_has(&paths->seen, names.items[i]))
			continue;
		strv_add(&paths->seen, names.items[i]);
		item.path = xasprintf("%s/%s", directory, names.items[i]);
		item.name = item.path + strlen(directory) + 1;
		ARRAY_GROW(paths->items, paths->count);
		paths->items[paths->count++] = item;
	}
	strv_release(&names);
}

/*
 * As libkmod has it: a file hides those of the same name in later directories, all are read in the
 * order of their names, and the kernel command line comes last.
 */
void modprobe_config_read(const struct host_root *root, const struct platform *platform,
			  struct rivals *rivals, struct unknowns *unknowns)
{
	static const char *const directories[] = {
		"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
		"usr/lib/modprobe.d", "lib/modprobe.d",
	};
	struct config_paths paths = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		list_directory(root, directories[i], &paths, rivals, unknowns);
	if (paths.count > 0)
		qsort(paths.items, paths.count, sizeof(*paths.items), compare_names);
	for (size_t i = 0; i < paths.count; i++) {
		read_file(root, paths.items[i].path, rivals, unknowns);
		free(paths.items[i].path);
	}
	free(paths.items);
	strv_release(&paths.seen);
	read_cmdline(platform, rivals);
}
