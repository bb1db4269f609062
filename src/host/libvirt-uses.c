/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/rivals.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "host/files.h"
#include "host/names.h"

/* The value of NAME='0x..' in a tag that ends at end. */
static bool find_hex(const char *tag, const char *end, const char *name, uint64_t *ret)
{
	_cleanup_free_ char *text = xstrndup(tag, (size_t)(end - tag));
	_cleanup_free_ char *key = xasprintf(" %s=", name);
	char *value = strstr(text, key), *stop;

	if (!value)
		return false;
	value += strlen(key);
	stop = *value ? strchr(value + 1, *value) : NULL;
	if (!stop)
		return false;
	*stop = '\0';
	value++;
	return parse_hex(strncmp(value, "0x", 2) == 0 ? value + 2 : value, 1, 8, ret) == 0;
}

/* <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/> */
static bool parse_address(const char *tag, const char *end, struct pci_addr *ret)
{
	uint64_t domain = 0, bus, slot, function;

	(void)find_hex(tag, end, "domain", &domain);
	if (!find_hex(tag, end, "bus", &bus) || !find_hex(tag, end, "slot", &slot) ||
	    !find_hex(tag, end, "function", &function))
		return false;
	*ret = (struct pci_addr){ .domain = (uint32_t)domain, .bus = (uint8_t)bus,
				  .device = (uint8_t)slot, .function = (uint8_t)function };
	return true;
}

/*
 * A PCI address inside of a <source> is the host's, whether that is a <hostdev>'s, an <interface>'s of
 * type hostdev, what became of one of a network, or a <disk>'s of type nvme; the guest's are outside.
 * A USB device's has no slot.
 */
static void add_uses(struct rivals *rivals, const char *guest, const char *text)
{
	for (const char *at = text; (at = strstr(at, "<source")); at++) {
		const char *tag_end = strchr(at, '>'), *end = strstr(at, "</source>");
		const char *address = strstr(at, "<address ");
		const char *address_end = address ? strchr(address, '>') : NULL;
		struct pci_addr addr;

		if (!tag_end || tag_end[-1] == '/' || !end || !address_end || address_end > end ||
		    !parse_address(address, address_end, &addr))
			continue;
		ARRAY_GROW(rivals->uses, rivals->use_count);
		rivals->uses[rivals->use_count++] =
			(struct libvirt_use){ addr, xstrdup(guest) };
	}
}

/* libvirt keeps NAME.xml here for each guest that runs, and removes it when the guest ends. */
void libvirt_uses_read(const struct host_root *root, struct rivals *rivals,
		       struct unknowns *unknowns)
{
	static const char what[] = "which devices libvirt's guests use";
	struct strv names = { 0 };
	int r = host_list(root, NAME_LIBVIRT_DIR, &names);

	libvirt_uses_release(rivals);
	if (r < 0)
		unknowns_add(unknowns, NAME_LIBVIRT_DIR, r, what);
	for (size_t i = 0; i < names.count; i++) {
		_cleanup_free_ char *path = xasprintf(NAME_LIBVIRT_DIR "/%s", names.items[i]);
		_cleanup_free_ char *text = NULL;
		size_t len = strlen(names.items[i]);
		ssize_t n;

		if (len < 5 || strcmp(names.items[i] + len - 4, ".xml") != 0)
			continue;
		n = host_read(root, path, &text);
		if (n < 0) {
			unknowns_add(unknowns, path, (int)n, what);
			continue;
		}
		names.items[i][len - 4] = '\0';
		add_uses(rivals, names.items[i], text);
	}
	strv_release(&names);
}

void libvirt_uses_release(struct rivals *rivals)
{
	for (size_t i = 0; i < rivals->use_count; i++)
		free(rivals->uses[i].guest);
	free(rivals->uses);
	rivals->uses = NULL;
	rivals->use_count = 0;
}
