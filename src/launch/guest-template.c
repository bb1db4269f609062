/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch/guest-template.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"

const struct guest_template guest_templates[] = {
	{ "windows",
#include "launch/windows11.inc"
	},
	{ "linux",
#include "launch/linux-q35.inc"
	},
};

const size_t guest_template_count = ARRAY_SIZE(guest_templates);

const struct guest_template *guest_template_find(const char *name)
{
	for (size_t i = 0; i < guest_template_count; i++)
		if (strcmp(guest_templates[i].name, name) == 0)
			return &guest_templates[i];
	return NULL;
}

/* Base class and subclass, as section names. */
static const char *section_name(const struct pci_function *f)
{
	if (pci_function_is_display(f))
		return "gpu";
	switch (f->class >> 8) {
	case 0x0401:
	case 0x0403:
		return "audio";
	case 0x0c03:
		return "usb";
	default:
		return "function";
	}
}

/* No two sections have one name: the second of a kind has its function's number behind it. */
static bool name_is_taken(const struct targets *targets, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(section_name(targets->items[i]), section_name(targets->items[index])) == 0)
			return true;
	return false;
}

static void put_hostdevs(FILE *out, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct pci_function *f = targets->items[i];

		fprintf(out, "[hostdev %s", section_name(f));
		if (name_is_taken(targets, i))
			fprintf(out, "%u", f->addr.function);
		fprintf(out, "]\naddress=%s\n\n", pci_addr_text(f->addr).text);
	}
}

/* In the examples a section ends with an empty line. */
static const char *skip_paragraph(const char *at)
{
	const char *end = strstr(at, "\n\n");

	return end ? end + 2 : at + strlen(at);
}

char *guest_template_fill(const struct guest_template *tmpl, const struct targets *targets,
			  const char *guest)
{
	static const char section[] = "[hostdev ";
	const char *at = tmpl->text;
	char *text = NULL;
	bool done = false;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	/* The first line says what it is; the rest of the head is for whoever copies it by hand. */
	fprintf(out, "%.*s\n# Made by vfioadm setup. Correct memory, processors, disks, network; then "
		"try:\n# vfioadm launch %s --dry-run\n\n", (int)strcspn(at, "\n"), at, guest);
	for (at = skip_paragraph(at); *at;) {
		size_t len = strcspn(at, "\n") + 1;

		if (strncmp(at, section, strlen(section)) == 0) {
			if (!done)
				put_hostdevs(out, targets);
			done = true;
			at = skip_paragraph(at);
			continue;
		}
		fprintf(out, "%.*s", (int)len, at);
		at += len;
	}
	fclose(out);
	return text;
}
