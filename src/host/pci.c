/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/dir.h"
#include "base/fileat.h"
#include "host/names.h"
#include "host/sysfs.h"

/* As lspci has it in its header.h: bit 7 says that the slot has several functions. */
#define CONFIG_HEADER_TYPE 0x0e

static void pci_function_release(struct pci_function *f)
{
	strv_release(&f->reset_methods);
	free(f->module);
	free(f->power_state);
	free(f->driver);
	free(f->driver_override);
}

/* The directory in sysfs above a function is its bridge, or the host bridge "pci0000:00". */
static void read_parent(int devices_fd, const char *name, struct pci_function *f)
{
	struct error ignored;
	char target[4096];
	ssize_t len = fileat_readlink(devices_fd, name, target, sizeof(target));
	char *slash;

	if (len < 0)
		return;
	slash = strrchr(target, '/');
	if (!slash)
		return;
	*slash = '\0';
	slash = strrchr(target, '/');
	f->has_parent = slash && pci_addr_parse(slash + 1, &f->parent, NULL, &ignored) == 0;
}

static int read_u16(int dirfd, const char *name, uint16_t *ret)
{
	uint64_t value;
	int r = sysfs_read_hex(dirfd, name, &value);

	if (r == 0)
		*ret = (uint16_t)value;
	return r;
}

static int read_int_or(int dirfd, const char *name, int otherwise)
{
	int64_t value;

	return sysfs_read_int(dirfd, name, &value) == 0 ? (int)value : otherwise;
}

static void read_group(int dirfd, struct pci_function *f)
{
	_cleanup_free_ char *group = NULL;

	f->iommu_group = -1;
	if (sysfs_read_link(dirfd, "iommu_group", &group) == 0)
		f->iommu_group = atoi(group);
}

static void read_reset_methods(int dirfd, struct pci_function *f)
{
	_cleanup_free_ char *methods = NULL;

	if (sysfs_read_text(dirfd, "reset_method", &methods) == 0)
		strv_split(&f->reset_methods, methods, " \n");
}

static int pci_function_read(int devices_fd, const char *name, struct pci_function *f)
{
	_cleanup_close_ int dirfd = fileat_open(devices_fd, name, O_PATH | O_DIRECTORY);
	uint64_t class;

	if (dirfd < 0)
		return dirfd;
	if (read_u16(dirfd, "vendor", &f->vendor) < 0 || read_u16(dirfd, "device", &f->device) < 0 ||
	    sysfs_read_hex(dirfd, "class", &class) < 0)
		return -ENODEV;
	f->class = (uint32_t)class & 0xffffff;
	f->header_type = PCI_HEADER_UNKNOWN;
	f->numa_node = -1;
	/* Only VGA cards have it. */
	f->boot_vga = pci_function_is_display(f) && read_int_or(dirfd, "boot_vga", 0) == 1;
	read_parent(devices_fd, name, f);
	sysfs_read_link(dirfd, "driver", &f->driver);
	read_group(dirfd, f);
	return 0;
}

/* A device in D3cold is woken for it. 0xff is what one that does not answer reads as. */
static void read_header(int dirfd, struct pci_function *f)
{
	_cleanup_close_ int fd = fileat_open(dirfd, "config", O_RDONLY);
	uint8_t header;

	if (fd >= 0 && pread(fd, &header, 1, CONFIG_HEADER_TYPE) == 1 && header != 0xff)
		f->header_type = header & 0x7f;
}

static void read_closely(int devices_fd, struct pci_function *f)
{
	_cleanup_close_ int dirfd = fileat_open(devices_fd, pci_addr_text(f->addr).text,
						O_PATH | O_DIRECTORY);

	if (dirfd < 0)
		return;
	f->read_closely = true;
	(void)read_u16(dirfd, "subsystem_vendor", &f->subsystem_vendor);
	(void)read_u16(dirfd, "subsystem_device", &f->subsystem_device);
	read_header(dirfd, f);
	if (f->driver)
		sysfs_read_link(dirfd, "driver/module", &f->module);
	f->numa_node = read_int_or(dirfd, "numa_node", -1);
	read_reset_methods(dirfd, f);
	sysfs_read_text(dirfd, "power_state", &f->power_state);
}

static int compare_functions(const void *a, const void *b)
{
	return pci_addr_compare(((const struct pci_function *)a)->addr,
				((const struct pci_function *)b)->addr);
}

int pci_functions_read(const struct host_root *root, struct pci_functions *ret, struct error *err)
{
	struct pci_functions functions = { 0 };
	struct error ignored;
	struct dirent *entry;
	DIR *dir;
	int fd;

	fd = host_root_openat(root, NAME_PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return error_errno(err, fd, "%s/" NAME_PCI_DEVICES ": cannot read",
				   root->live ? "" : root->path);
	dir = dir_open(fd);
	while ((entry = dir_next(dir))) {
		struct pci_function f = { 0 };

		if (pci_addr_parse(entry->d_name, &f.addr, NULL, &ignored) < 0)
			continue;
		if (pci_function_read(fd, entry->d_name, &f) < 0) {
			pci_function_release(&f);
			continue;
		}
		ARRAY_GROW(functions.items, functions.count);
		functions.items[functions.count++] = f;
	}
	dir_close(dir);
	if (functions.count > 0)
		qsort(functions.items, functions.count, sizeof(*functions.items),
		      compare_functions);
	*ret = functions;
	return 0;
}

void pci_functions_read_closely(const struct host_root *root, struct pci_functions *functions,
				const struct pci_addr *addrs, size_t count)
{
	_cleanup_close_ int fd =
		host_root_openat(root, NAME_PCI_DEVICES, O_PATH | O_DIRECTORY);

	if (fd < 0)
		return;
	for (size_t i = 0; i < (addrs ? count : functions->count); i++) {
		/* The array is ours to fill; find() is const for everybody else. */
		struct pci_function *f = addrs ? (struct pci_function *)pci_functions_find(
							 functions, addrs[i])
					       : &functions->items[i];

		if (f && !f->read_closely)
			read_closely(fd, f);
	}
}

void pci_functions_release(struct pci_functions *functions)
{
	for (size_t i = 0; i < functions->count; i++)
		pci_function_release(&functions->items[i]);
	free(functions->items);
	*functions = (struct pci_functions){ 0 };
}

const struct pci_function *pci_functions_find(const struct pci_functions *functions,
					      struct pci_addr addr)
{
	struct pci_function key = { .addr = addr };

	if (functions->count == 0)
		return NULL;
	return bsearch(&key, functions->items, functions->count, sizeof(key), compare_functions);
}

bool pci_function_is_display(const struct pci_function *function)
{
	return function->class >> 16 == PCI_CLASS_DISPLAY;
}

/* Class 06 alone would count host and ISA bridges, whose header is an endpoint's. */
bool pci_function_is_bridge(const struct pci_function *function)
{
	if (function->header_type != PCI_HEADER_UNKNOWN)
		return function->header_type != PCI_HEADER_ENDPOINT;
	return function->class >> 8 == 0x0604 || function->class >> 8 == 0x0609;
}

bool pci_driver_is_vfio(const char *driver)
{
	return strcmp(driver, DRIVER_VFIO_PCI) == 0 || strstr(driver, "vfio") != NULL;
}
