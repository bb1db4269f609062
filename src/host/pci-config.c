/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-config.h"

#include <errno.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/log.h"
#include "host/names.h"
#include "host/pci.h"

#define FUNCTIONS(X)                                                                               \
	X(pci_, alloc)                                                                             \
	X(pci_, init)                                                                              \
	X(pci_, cleanup)                                                                           \
	X(pci_, set_param)                                                                         \
	X(pci_, get_dev)                                                                           \
	X(pci_, free_dev)                                                                          \
	X(pci_, read_block)                                                                        \
	X(pci_, lookup_name)

static struct {
	FUNCTIONS(LIBRARY_POINTER)
} pci;
static const char *const pci_names[] = { FUNCTIONS(LIBRARY_NAME) NULL };

struct pci_config {
	struct pci_access *access;
};

/* libpci's error callback must not return, and its default one ends the process. */
static _Thread_local jmp_buf on_error;
static _Thread_local char error_text[256];

static void pci_failed(char *fmt, ...) PCI_NONRET;

static void pci_failed(char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error_text, sizeof(error_text), fmt, ap);
	va_end(ap);
	longjmp(on_error, 1);
}

static void pci_warned(char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_debug("libpci: %s", text);
}

static void pci_silent(char *fmt, ...)
{
	(void)fmt;
}

struct pci_config *pci_config_open(const struct host_root *root, struct error *err)
{
	_cleanup_free_ char *path = xasprintf("%s/sys/bus/pci", root->path);
	struct pci_config *config;

	if (library_open(LIBRARY_PCI, pci_names, &pci, err) < 0)
		return NULL;
	config = xcalloc(1, sizeof(*config));
	if (setjmp(on_error)) {
		error_set(err, -EIO, "libpci: %s", error_text);
		pci_config_close(config);
		return NULL;
	}
	config->access = pci.alloc();
	config->access->error = pci_failed;
	config->access->warning = pci_warned;
	config->access->debug = pci_silent;
	/* libpci fails on a host with no PCI bus unless it is told which method to use. */
	config->access->method = PCI_ACCESS_SYS_BUS_PCI;
	if (!root->live)
		pci.set_param(config->access, (char *)"sysfs.path", path);
	pci.init(config->access);
	return config;
}

void pci_config_close(struct pci_config *config)
{
	if (!config)
		return;
	if (config->access && setjmp(on_error) == 0)
		pci.cleanup(config->access);
	free(config);
}

void pci_config_closep(struct pci_config **config)
{
	pci_config_close(*config);
}

int pci_config_read(struct pci_config *config, struct pci_addr addr, unsigned int offset, void *buf,
		    unsigned int len)
{
	struct pci_dev *dev;
	int ok;

	if (setjmp(on_error))
		return -EIO;
	dev = pci.get_dev(config->access, (int)addr.domain, addr.bus, addr.device, addr.function);
	ok = pci.read_block(dev, (int)offset, buf, (int)len);
	pci.free_dev(dev);
	return ok ? 0 : -EIO;
}

static void lookup(struct pci_config *config, char *buf, size_t size, int flags, int a, int b)
{
	const char *volatile name = NULL;

	buf[0] = '\0';
	if (setjmp(on_error) == 0)
		name = pci.lookup_name(config->access, buf, (int)size, flags | PCI_LOOKUP_NO_NUMBERS,
				       a, b);
	if (name && name != buf)
		snprintf(buf, size, "%s", name);
	else if (!name)
		buf[0] = '\0';
}

void pci_config_vendor_name(struct pci_config *config, uint16_t vendor, char *buf, size_t size)
{
	lookup(config, buf, size, PCI_LOOKUP_VENDOR, vendor, 0);
}

void pci_config_device_name(struct pci_config *config, uint16_t vendor, uint16_t device, char *buf,
			    size_t size)
{
	lookup(config, buf, size, PCI_LOOKUP_DEVICE, vendor, device);
}

void pci_config_class_name(struct pci_config *config, uint32_t class, char *buf, size_t size)
{
	lookup(config, buf, size, PCI_LOOKUP_CLASS, (int)(class >> 8), 0);
}
