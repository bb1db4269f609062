/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-caps.h"

#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "host/names.h"
#include "host/pci-config.h"

/* Offsets and values of Linux's include/uapi/linux/pci_regs.h. */
#define VENDOR_INTEL        0x8086
#define STANDARD_HEADER     64  /* all that a reader without CAP_SYS_ADMIN gets */
#define STANDARD_SPACE      256 /* all that a conventional device has */
#define EXTENDED_SPACE      4096
#define STATUS              0x06
#define STATUS_CAP_LIST     0x10
#define CLASS_REVISION      0x08
#define HEADER_TYPE         0x0e
#define MULTIFUNCTION       0x80
#define HEADER_CARDBUS      2
#define CAPABILITY_LIST     0x34
#define CAPABILITY_LIST_CB  0x14
#define CAPABILITY_PCIE     0x10
#define EXT_CAPABILITY_ACS  0x000d

/* RCBA of Intel's LPC bridge (INTEL_LPC_RCBA_* of Linux's drivers/pci/quirks.c). */
#define LPC_DEVICE       0x1f
#define LPC_RCBA         0xf0
#define LPC_RCBA_ENABLED 0x01

/* Hops after which a list of capabilities must have gone in circles: PCI_FIND_CAP_TTL of pci.h. */
#define MAX_CAPABILITIES     48
#define MAX_EXT_CAPABILITIES ((EXTENDED_SPACE - STANDARD_SPACE) / 8)

struct reader {
	struct pci_config *config;
	int devices_fd;
};

static uint16_t get_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get_u32(const uint8_t *bytes)
{
	return get_u16(bytes) | (uint32_t)get_u16(bytes + 2) << 16;
}

/* The place of the PCI Express capability in the standard space, or 0. */
static unsigned int find_pcie(const uint8_t *space)
{
	bool cardbus = (space[HEADER_TYPE] & ~MULTIFUNCTION) == HEADER_CARDBUS;
	unsigned int at = space[cardbus ? CAPABILITY_LIST_CB : CAPABILITY_LIST] & ~3U;

	for (int hops = 0; at >= STANDARD_HEADER && hops < MAX_CAPABILITIES; hops++) {
		if (space[at] == 0xff)
			break;
		if (space[at] == CAPABILITY_PCIE)
			return at;
		at = space[at + 1] & ~3U;
	}
	return 0;
}

/*
 * Root ports of Sunrise Point, Union Point and the 7th and 8th mobile generation have 32-bit ACS
 * registers, so that control is at +8 (pci_quirk_intel_spt_pch_acs_match() of quirks.c).
 */
static bool has_wide_acs(const struct pci_function *f, const struct pci_caps *caps)
{
	static const struct {
		uint16_t first, last;
	} ports[] = {
		{ 0xa110, 0xa11f }, { 0xa167, 0xa16a }, { 0xa290, 0xa29f },
		{ 0xa2e7, 0xa2ee }, { 0x9d10, 0x9d1b },
	};

	if (f->vendor != VENDOR_INTEL || caps->type != PCIE_ROOT_PORT)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (f->device >= ports[i].first && f->device <= ports[i].last)
			return true;
	return false;
}

/* The registers behind the header of the ACS capability at offset at. */
static void read_acs(const struct reader *reader, const struct pci_function *f, unsigned int at,
		     struct pci_caps *caps)
{
	unsigned int control = has_wide_acs(f, caps) ? 8 : 6;
	uint8_t bytes[12];

	if (at + sizeof(bytes) > EXTENDED_SPACE ||
	    pci_config_read(reader->config, f->addr, at, bytes, control + 2) < 0)
		return;
	caps->acs_bits = get_u16(bytes + 4);
	caps->acs_control = get_u16(bytes + control);
	caps->acs = ACS_CAPABILITY_PRESENT;
}

/* As pci_find_next_ext_capability() of pci.c; all ones are a device that does not answer. */
static void find_acs(const struct reader *reader, const struct pci_function *f,
		     struct pci_caps *caps)
{
	unsigned int at = STANDARD_SPACE;
	uint8_t bytes[4];

	for (int hops = 0; at >= STANDARD_SPACE && hops < MAX_EXT_CAPABILITIES; hops++) {
		uint32_t header;

		if (pci_config_read(reader->config, f->addr, at, bytes, sizeof(bytes)) < 0)
			return;
		header = get_u32(bytes);
		if (header == UINT32_MAX)
			return;
		if (header == 0)
			break;
		if ((header & 0xffff) == EXT_CAPABILITY_ACS) {
			read_acs(reader, f, at, caps);
			return;
		}
		at = header >> 20 & ~3U;
	}
	caps->acs = ACS_CAPABILITY_ABSENT;
}

/*
 * The kernel gives root ports of older Intel chipsets what they lack of ACS through registers that
 * the LPC bridge of their bus maps (pci_quirk_enable_intel_lpc_acs() of quirks.c).
 */
static enum chipset_window read_window(const struct reader *reader, const struct pci_function *f)
{
	const struct pci_addr lpc = { .domain = f->addr.domain, .bus = f->addr.bus,
				      .device = LPC_DEVICE };
	uint8_t bytes[4];

	if (pci_config_read(reader->config, lpc, LPC_RCBA, bytes, sizeof(bytes)) < 0 ||
	    get_u32(bytes) == 0 || get_u32(bytes) == UINT32_MAX)
		return CHIPSET_WINDOW_UNKNOWN;
	return get_u32(bytes) & LPC_RCBA_ENABLED ? CHIPSET_WINDOW_OPEN : CHIPSET_WINDOW_CLOSED;
}

/* Does a device answer? A virtual function's ids read as all ones, its class never does. */
static bool read_header(const struct reader *reader, const struct pci_function *f, uint8_t *space)
{
	return pci_config_read(reader->config, f->addr, 0, space, STANDARD_HEADER) == 0 &&
	       get_u32(space + CLASS_REVISION) != UINT32_MAX;
}

static void read_capabilities(const struct reader *reader, const struct pci_function *f,
			      uint8_t *space, struct pci_caps *caps)
{
	unsigned int at = 0;

	if (get_u16(space + STATUS) & STATUS_CAP_LIST) {
		if (pci_config_read(reader->config, f->addr, 0, space, STANDARD_SPACE) < 0)
			return;
		at = find_pcie(space);
	}
	caps->known = true;
	caps->acs = ACS_CAPABILITY_ABSENT;
	if (at == 0)
		return;
	caps->pcie = true;
	caps->type = get_u16(space + at + 2) >> 4 & 0xf;
	caps->acs = ACS_CAPABILITY_UNKNOWN;
	find_acs(reader, f, caps);
	if (f->vendor == VENDOR_INTEL && caps->type == PCIE_ROOT_PORT && !f->has_parent)
		caps->window = read_window(reader, f);
}

static bool is_virtual_function(const struct reader *reader, const struct pci_function *f)
{
	_cleanup_free_ char *link = xasprintf("%s/physfn", pci_addr_text(f->addr).text);

	return faccessat(reader->devices_fd, link, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * The domains that Linux's VMD driver makes start at 10000; in sysfs their root bus is below the
 * controller: .../0000:00:0e.0/pci10000:e0/10000:e0:06.0
 */
static void find_vmd(const struct reader *reader, const struct pci_function *f,
		     struct pci_caps *caps)
{
	struct error ignored;
	char target[4096], *slash;
	ssize_t len;

	if (f->addr.domain <= 0xffff || f->has_parent)
		return;
	len = readlinkat(reader->devices_fd, pci_addr_text(f->addr).text, target,
			 sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	for (int up = 0; up < 2; up++) {
		slash = strrchr(target, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
	slash = strrchr(target, '/');
	caps->behind_vmd = slash && pci_addr_parse(slash + 1, &caps->vmd, NULL, &ignored) == 0;
}

/*
 * The kernel looks for functions above 0 where function 0 says that there are some, and counts each
 * of them as one of several, whatever its own header says (pci_scan_slot() of probe.c). A function
 * 0 that does not answer now must have said so if there are any.
 */
static bool is_multifunction(const struct pci_functions *functions, size_t i, const uint8_t *header)
{
	const struct pci_function *f = &functions->items[i];

	if (f->addr.function > 0)
		return true;
	if (header)
		return header[HEADER_TYPE] & MULTIFUNCTION;
	return i + 1 < functions->count &&
	       pci_addr_same_slot(functions->items[i + 1].addr, f->addr);
}

static void read_function(const struct reader *reader, const struct pci_functions *functions,
			  size_t i, struct pci_caps *caps)
{
	const struct pci_function *f = &functions->items[i];
	uint8_t space[STANDARD_SPACE] = { 0 };
	bool answers = read_header(reader, f, space);

	if (answers)
		read_capabilities(reader, f, space, caps);
	find_vmd(reader, f, caps);
	caps->virtual_function = is_virtual_function(reader, f);
	caps->multifunction = !caps->virtual_function &&
			      is_multifunction(functions, i, answers ? space : NULL);
}

struct pci_caps *pci_caps_read(const struct host_root *root, struct pci_config *config,
			       const struct pci_functions *functions)
{
	_cleanup_close_ int fd = host_root_openat(root, NAME_PCI_DEVICES, O_PATH | O_DIRECTORY);
	struct reader reader = { .config = config, .devices_fd = fd };
	struct pci_caps *caps = xcalloc(functions->count, sizeof(*caps));

	for (size_t i = 0; i < functions->count; i++)
		read_function(&reader, functions, i, &caps[i]);
	return caps;
}

bool pci_has_ivrs(const struct host_root *root)
{
	_cleanup_close_ int fd = host_root_openat(root, NAME_ACPI_IVRS, O_PATH);

	return fd >= 0;
}
