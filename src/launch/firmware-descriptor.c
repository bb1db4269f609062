/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/firmware-descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fileat.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strv.h"

#define DESCRIPTOR_MAX (1024 * 1024)

/* From general to specific: the last one that has a name wins. */
static const char *const directories[] = { "/usr/share/qemu/firmware", "/etc/qemu/firmware" };

static bool array_has(struct json_object *array, const char *word)
{
	for (size_t i = 0; i < json_length(array); i++) {
		const char *item = json_string(json_at(array, i));

		if (item && strcmp(item, word) == 0)
			return true;
	}
	return false;
}

/*
 * Descriptors have patterns for concrete types, such as pc-q35-7.2, which is what q35 stands for
 * in one QEMU. It suits us when its text before the first asterisk can begin such a name.
 */
static bool pattern_fits(const char *pattern, const char *prefix)
{
	size_t literal = strcspn(pattern, "*?["), len = strlen(prefix);

	return strncmp(pattern, prefix, literal < len ? literal : len) == 0 &&
	       (literal >= len || pattern[literal] != '\0');
}

static bool targets_fit(struct json_object *targets, const char *prefix)
{
	for (size_t i = 0; i < json_length(targets); i++) {
		struct json_object *target = json_at(targets, i);
		struct json_object *machines = json_get(target, "machines");
		const char *architecture = json_get_string(target, "architecture");

		if (!architecture || strcmp(architecture, "x86_64") != 0)
			continue;
		for (size_t m = 0; m < json_length(machines); m++) {
			const char *pattern = json_string(json_at(machines, m));

			if (pattern && pattern_fits(pattern, prefix))
				return true;
		}
	}
	return false;
}

/*
 * amd-sev and amd-sev-es say what the build can do besides; builds made only for confidential
 * guests are told by amd-sev-snp and intel-tdx.
 */
static const char *unfit_feature(struct json_object *features)
{
	static const struct {
		const char *feature, *why;
	} unfit[] = {
		{ "amd-sev-snp", "made for confidential guests" },
		{ "intel-tdx", "made for confidential guests" },
		{ "host-uefi-vars", "wants its variables kept by QEMU" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(unfit); i++)
		if (array_has(features, unfit[i].feature))
			return unfit[i].why;
	return NULL;
}

/* The path, to be freed, of one file of the mapping; NULL when it is not there or is no use. */
static char *file_of(struct json_object *mapping, const char *member, const char **ret_format)
{
	struct json_object *file = json_get(mapping, member);
	const char *name = json_get_string(file, "filename");
	const char *format = json_get_string(file, "format");

	if (!name || *name != '/' || !format)
		return NULL;
	if (strcmp(format, "raw") == 0)
		*ret_format = "raw";
	else if (strcmp(format, "qcow2") == 0)
		*ret_format = "qcow2";
	else
		return NULL;
	return xstrdup(name);
}

/* False: not flash for UEFI, or not complete. */
static bool take_descriptor(struct json_object *root, struct firmware_descriptor *ret)
{
	static const char *const prefixes[] = {
		[GUEST_MACHINE_PC] = "pc-i440fx-", [GUEST_MACHINE_Q35] = "pc-q35-"
	};
	struct json_object *mapping = json_get(root, "mapping");
	const char *device = json_get_string(mapping, "device");
	const char *mode = json_get_string(mapping, "mode");
	const char *unfit = unfit_feature(json_get(root, "features"));

	if (!array_has(json_get(root, "interface-types"), "uefi") || !device ||
	    strcmp(device, "flash") != 0)
		return false;
	if (mode && strcmp(mode, "combined") == 0)
		unfit = "keeps code and variables in one file";
	ret->secure_boot = array_has(json_get(root, "features"), "secure-boot");
	ret->enrolled = array_has(json_get(root, "features"), "enrolled-keys");
	ret->needs_smm = array_has(json_get(root, "features"), "requires-smm");
	ret->code = file_of(mapping, "executable", &ret->code_format);
	ret->template = file_of(mapping, "nvram-template", &ret->template_format);
	for (size_t m = 0; m < ARRAY_SIZE(prefixes); m++) {
		ret->unfit[m] = unfit;
		if (!targets_fit(json_get(root, "targets"), prefixes[m]))
			ret->unfit[m] = "made for another machine";
	}
	return ret->code;
}

void firmware_descriptor_release(struct firmware_descriptor *descriptor)
{
	free(descriptor->code);
	free(descriptor->template);
	*descriptor = (struct firmware_descriptor){ 0 };
}

bool firmware_descriptor_parse(const char *name, const char *text, struct firmware_descriptor *ret)
{
	_cleanup_(json_freep) struct json_object *document = NULL;
	struct error err;

	*ret = (struct firmware_descriptor){ 0 };
	if (json_parse(name, text, &document, &err) < 0) {
		log_debug("%s", err.msg);
		return false;
	}
	if (take_descriptor(document, ret))
		return true;
	log_debug("%s: not UEFI firmware for a flash", name);
	firmware_descriptor_release(ret);
	return false;
}

/* The descriptor's text from the most specific directory that has it; NULL: hidden, unreadable. */
static char *read_text(const char *root, const char *name)
{
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;) {
		_cleanup_free_ char *path = xasprintf("%s%s/%s", root, directories[i], name);
		_cleanup_free_ char *text = NULL;
		ssize_t len;

		if (access(path, F_OK) < 0)
			continue;
		len = fileat_read_all(AT_FDCWD, path, DESCRIPTOR_MAX, &text);
		if (len < 0)
			log_debug("%s: cannot be read: %s", path, strerror((int)-len));
		return len > 0 ? TAKE_PTR(text) : NULL;
	}
	return NULL;
}

/* One that is broken must not keep the others from being used. */
static void add_descriptor(struct firmware_descriptors *all, const char *root, const char *name)
{
	_cleanup_free_ char *text = read_text(root, name);
	struct firmware_descriptor descriptor;

	if (!text || !firmware_descriptor_parse(name, text, &descriptor))
		return;
	ARRAY_GROW(all->items, all->count);
	all->items[all->count++] = descriptor;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_names(const char *root, const char *directory, struct strv *names)
{
	_cleanup_free_ char *path = xasprintf("%s%s", root, directory);
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && len > 5 &&
		    strcmp(entry->d_name + len - 5, ".json") == 0 &&
		    !strv_has(names, entry->d_name))
			strv_add(names, entry->d_name);
	}
	closedir(dir);
}

struct firmware_descriptors firmware_descriptors_read(const char *root)
{
	_cleanup_(strv_release) struct strv names = { 0 };
	struct firmware_descriptors all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		list_names(root, directories[i], &names);
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	for (size_t i = 0; i < names.count; i++)
		add_descriptor(&all, root, names.items[i]);
	return all;
}

void firmware_descriptors_release(struct firmware_descriptors *descriptors)
{
	for (size_t i = 0; i < descriptors->count; i++)
		firmware_descriptor_release(&descriptors->items[i]);
	free(descriptors->items);
	*descriptors = (struct firmware_descriptors){ 0 };
}
