/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor bind ADDRESS... | floor unbind ADDRESS=DRIVER... | floor claim ADDRESS...: only the writes that
 * are necessary, and nothing that is careful. No tool can be faster than the kernel lets this one be.
 * A claim is for functions without a driver.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		perror(path);
		_exit(1);
	}
	close(fd);
}

static void put_device(const char *address, const char *attribute, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", address, attribute);
	put(path, value);
}

static void put_driver(const char *driver, const char *attribute, const char *address)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", driver, attribute);
	put(path, address);
}

static void bind(int count, char **addresses, int have_drivers)
{
	for (int i = 0; i < count; i++)
		put_device(addresses[i], "driver_override", "vfio-pci");
	for (int i = 0; have_drivers && i < count; i++)
		put_device(addresses[i], "driver/unbind", addresses[i]);
	for (int i = 0; i < count; i++)
		put_driver("vfio-pci", "bind", addresses[i]);
}

static void unbind(int count, char **pairs)
{
	char *drivers[16];

	for (int i = 0; i < count; i++) {
		drivers[i] = strchr(pairs[i], '=');
		*drivers[i]++ = '\0';
		put_driver("vfio-pci", "unbind", pairs[i]);
		put_device(pairs[i], "driver_override", "\n");
	}
	for (int i = 0; i < count; i++)
		put_driver(drivers[i], "bind", pairs[i]);
}

int main(int argc, char **argv)
{
	if (argc > 2 && argc <= 16 && strcmp(argv[1], "bind") == 0)
		bind(argc - 2, argv + 2, 1);
	else if (argc > 2 && argc <= 16 && strcmp(argv[1], "claim") == 0)
		bind(argc - 2, argv + 2, 0);
	else if (argc > 2 && argc <= 16 && strcmp(argv[1], "unbind") == 0)
		unbind(argc - 2, argv + 2);
	else {
		fputs("usage: floor bind ADDRESS... | floor unbind ADDRESS=DRIVER...\n", stderr);
		return 2;
	}
	return 0;
}
