/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "host/rivals.h"

/* The module keeps the value in 1024 bytes, and is not loaded with more. */
#define VALUE_MAX 1023

/* How many of up to six fields "10de:0x1b80:..." there are; *rest is what follows them. */
static size_t parse_fields(const char *text, uint32_t fields[6], const char **rest)
{
	size_t count = 0;

	while (count < 6) {
		const char *digits = strncasecmp(text, "0x", 2) == 0 ? text + 2 : text;
		size_t len = 0;

		while (isxdigit((unsigned char)digits[len]))
			len++;
		if (len == 0 || len > 8)
			break;
		fields[count++] = (uint32_t)strtoul(digits, NULL, 16);
		text = digits + len;
		if (*text != ':' || count == 6)
			break;
		text++;
	}
	*rest = text;
	return count;
}

static char *describe_place(const struct ids_source *source)
{
	return source->line ? xasprintf("%s:%u", source->where, source->line)
			    : xstrdup(source->where);
}

static void add_problem(struct rivals *rivals, const char *text)
{
	_cleanup_free_ char *place = describe_place(&rivals->sources[rivals->source_count - 1]);

	strv_addf(&rivals->problems, "%s: ids: \"%.64s\" is not VENDOR:DEVICE[:SUBVENDOR"
		  "[:SUBDEVICE[:CLASS[:MASK]]]] in hexadecimal", place, text);
}

/* As vfio-pci reads it: what follows is left alone, and with less than two fields there is nothing. */
static void add_claim(struct rivals *rivals, const char *text)
{
	uint32_t fields[6] = { 0, 0, IDS_ANY, IDS_ANY, 0, 0 };
	const char *rest;
	size_t count = parse_fields(text, fields, &rest);

	if (count < 2 || *rest)
		add_problem(rivals, text);
	if (count < 2)
		return;
	ARRAY_GROW(rivals->ids, rivals->ids_count);
	rivals->ids[rivals->ids_count++] = (struct ids_claim){
		.source = rivals->source_count - 1, .text = xstrdup(text),
		.vendor = fields[0], .device = fields[1],
		.subsystem_vendor = fields[2], .subsystem_device = fields[3],
		.class = fields[4], .class_mask = fields[5],
	};
}

void ids_source_add(struct rivals *rivals, const char *where, unsigned int line, const char *word)
{
	struct ids_source source = { xstrdup(where), line, xstrdup(word) };
	struct strv specs = { 0 };
	const char *value;

	printable(source.where);
	printable(source.word);
	value = strchr(source.word, '=') + 1;
	ARRAY_GROW(rivals->sources, rivals->source_count);
	rivals->sources[rivals->source_count++] = source;
	if (strlen(value) > VALUE_MAX) {
		_cleanup_free_ char *place = describe_place(&source);

		strv_addf(&rivals->problems, "%s: ids: %zu characters are more than vfio-pci takes (%d)",
			  place, strlen(value), VALUE_MAX);
		return;
	}
	strv_split(&specs, value, ",\"");
	for (size_t i = 0; i < specs.count; i++)
		add_claim(rivals, specs.items[i]);
	strv_release(&specs);
}

bool ids_source_is_overruled(const struct rivals *rivals, size_t source)
{
	return source + 1 != rivals->source_count;
}

static bool fits(uint32_t wanted, uint32_t found)
{
	return wanted == IDS_ANY || wanted == found;
}

bool ids_claim_fits(const struct ids_claim *claim, const struct pci_function *function)
{
	return fits(claim->vendor, function->vendor) && fits(claim->device, function->device) &&
	       fits(claim->subsystem_vendor, function->subsystem_vendor) &&
	       fits(claim->subsystem_device, function->subsystem_device) &&
	       ((claim->class ^ function->class) & claim->class_mask) == 0;
}

bool ids_claim_gives(const struct rivals *rivals, const struct ids_claim *claim,
		     const struct pci_function *function)
{
	return !ids_source_is_overruled(rivals, claim->source) && ids_claim_fits(claim, function);
}
