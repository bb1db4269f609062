/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made-host DIRECTORY COUNT: a host's tree with COUNT PCI functions and their IOMMU groups, for
 * vfioadm --root DIRECTORY and lspci -O sysfs.path=DIRECTORY/sys/bus/pci.
 *
 * Each domain has 31 root ports with ACS, each a group of its own. Behind each is a card of up to
 * eight functions without ACS, which is one group; the first of them is a GPU, which has no driver.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORTS 31
#define FUNCTIONS_OF_CARD 8

static void check(int r, const char *what)
{
	if (r < 0 && errno != EEXIST) {
		perror(what);
		exit(1);
	}
}

static void put(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	check(fd, name);
	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1, name);
	close(fd);
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		check(mkdir(path, 0755), path);
		*slash = '/';
	}
	check(mkdir(path, 0755), path);
}

/* A PCIe capability at 0x40 of this type, and with acs an ACS capability whose controls are on. */
static void put_config(int dirfd, int header, int type, int acs)
{
	unsigned char config[0x108] = { 0 };
	int fd = openat(dirfd, "config", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	config[0x06] = 0x10;
	config[0x0e] = (unsigned char)header;
	config[0x34] = 0x40;
	config[0x40] = 0x10;
	config[0x42] = (unsigned char)(type << 4 | 2);
	if (acs) {
		config[0x100] = 0x0d;
		config[0x102] = 1;
		config[0x104] = 0x5f;
		config[0x106] = 0x1d;
	}
	check(fd, "config");
	check(write(fd, config, sizeof(config)) == (ssize_t)sizeof(config) ? 0 : -1, "config");
	check(ftruncate(fd, 4096), "config");
	close(fd);
}

/* device: below sys/devices */
static void make_function(const char *device, const char *class, int group)
{
	const char *address = strrchr(device, '/') + 1;
	int is_port = strcmp(class, "0x060400\n") == 0, depth = 3, dirfd;
	char path[256], target[256], up[64] = "";

	snprintf(path, sizeof(path), "sys/devices/%s", device);
	make_directories(path);
	dirfd = open(path, O_PATH | O_DIRECTORY);
	check(dirfd, path);
	put(dirfd, "vendor", is_port ? "0x8086\n" : "0x1002\n");
	put(dirfd, "device", is_port ? "0xa33c\n" : "0x5159\n");
	put(dirfd, "class", class);
	put(dirfd, "subsystem_vendor", "0x1043\n");
	put(dirfd, "subsystem_device", "0x0001\n");
	put(dirfd, "irq", "0\n");
	put(dirfd, "numa_node", "-1\n");
	put(dirfd, "driver_override", "(null)\n");
	put(dirfd, "reset_method", "flr bus\n");
	put(dirfd, "power_state", "D0\n");
	put(dirfd, "resource", "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
	put_config(dirfd, is_port ? 1 : address[strlen(address) - 1] == '0' ? 0x80 : 0,
		   is_port ? 4 : 1, is_port);
	for (const char *c = device; (c = strchr(c, '/')); c++)
		depth++;
	while (depth-- > 0)
		strcat(up, "../");
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/devices", group);
	make_directories(path);
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d", group);
	snprintf(target, sizeof(target), "%s%s", up, path);
	check(symlinkat(target, dirfd, "iommu_group"), "iommu_group");
	strcat(path, "/type");
	put(AT_FDCWD, path, "DMA\n");
	snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/devices/%s", group, address);
	snprintf(target, sizeof(target), "../../../../devices/%s", device);
	check(symlink(target, path), path);
	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", address);
	snprintf(target, sizeof(target), "../../../devices/%s", device);
	check(symlink(target, path), path);
	if (is_port)
		check(symlinkat("../../../bus/pci/drivers/pcieport", dirfd, "driver"), "driver");
	close(dirfd);
}

static void make_functions(int count)
{
	for (int made = 0, group = 0; made < count; group++) {
		int domain = group / 2 / PORTS, bus = group / 2 % PORTS + 1;
		char device[128];

		if (group % 2 == 0) {
			snprintf(device, sizeof(device), "pci%04x:00/%04x:00:%02x.0", domain, domain, bus);
			make_function(device, "0x060400\n", group);
			made++;
		}
		for (int f = 0; group % 2 == 1 && f < FUNCTIONS_OF_CARD && made < count; f++, made++) {
			snprintf(device, sizeof(device), "pci%04x:00/%04x:00:%02x.0/%04x:%02x:00.%d",
				 domain, domain, bus, domain, bus, f);
			make_function(device, f == 0 ? "0x030000\n" : "0x040300\n", group);
		}
	}
}

int main(int argc, char **argv)
{
	static const char *const directories[] = {
		"etc", "proc", "run", "sys/bus/pci/devices", "sys/bus/pci/drivers/pcieport",
		"sys/bus/pci/drivers/vfio-pci", "sys/module/vfio", "sys/module/vfio_iommu_type1",
		"sys/module/vfio_pci", "sys/class/iommu/dmar0",
	};
	int count = argc == 3 ? atoi(argv[2]) : 0;

	if (count <= 0 || chdir(argv[1]) < 0) {
		fputs("usage: made-host DIRECTORY COUNT\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s", directories[i]);
		make_directories(path);
	}
	put(AT_FDCWD, "proc/interrupts", "   9:  12  IR-IO-APIC  9-fasteoi  acpi\n");
	put(AT_FDCWD, "sys/module/vfio/initstate", "live\n");
	put(AT_FDCWD, "sys/module/vfio_iommu_type1/initstate", "live\n");
	put(AT_FDCWD, "sys/module/vfio_pci/initstate", "live\n");
	make_functions(count);
	return 0;
}
