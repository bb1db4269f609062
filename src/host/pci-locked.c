/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci-locked.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/helper.h"
#include "base/parse.h"
#include "base/read-failure.h"
#include "host/names.h"

/* Long for a lock that anyone gives back, short for a person who waits. */
#define LOCK_TIMEOUT_MS 1000
#define TURNS_MAX       30

/* Who waits for a lock sleeps: one that runs has just not had its turn, on a machine that is busy. */
static ssize_t wait_for_lock(struct helper *helper, char *buf, size_t size)
{
	ssize_t r = -ETIMEDOUT;

	for (int i = 0; r == -ETIMEDOUT && i < TURNS_MAX && (i == 0 || helper_runs(helper)); i++)
		r = helper_wait(helper, LOCK_TIMEOUT_MS, buf, size);
	return r;
}

static ssize_t read_attribute(struct helper *helper, const struct host_root *root,
			      struct pci_function *f, const char *name, char *buf, size_t size)
{
	char path[HELPER_PATH_MAX + 1];
	ssize_t r;

	if (f->locked)
		return -ETIMEDOUT;
	snprintf(path, sizeof(path), NAME_PCI_DEVICES "/%s/%s", pci_addr_text(f->addr).text, name);
	r = helper_read(helper, root->fd, path);
	if (r == 0)
		r = wait_for_lock(helper, buf, size);
	if (r == -ETIMEDOUT) {
		f->locked = true;
		helper_abandon(helper);
	} else if (r < 0) {
		read_failure_note(root->fd, path, (int)r);
	}
	return r;
}

/* An override that is not set reads "(null)", and "" after some kernels' clearing. */
static void read_override(struct helper *helper, const struct host_root *root,
			  struct pci_function *f)
{
	char value[4096];

	free(f->driver_override);
	f->driver_override = NULL;
	if (read_attribute(helper, root, f, "driver_override", value, sizeof(value)) > 0 &&
	    strcmp(value, "(null)") != 0)
		f->driver_override = xstrdup(value);
}

static void read_virtual_functions(struct helper *helper, const struct host_root *root,
				   struct pci_function *f)
{
	char value[16];
	uint64_t number;

	f->virtual_functions = 0;
	if (read_attribute(helper, root, f, "sriov_numvfs", value, sizeof(value)) > 0 &&
	    parse_uint(value, UINT16_MAX, &number) == 0)
		f->virtual_functions = (int)number;
}

void pci_functions_read_locked(const struct host_root *root, struct pci_functions *functions,
			       const struct pci_addr *addrs, size_t count)
{
	struct helper helper = HELPER_NONE;

	for (size_t i = 0; i < count; i++) {
		/* The array is ours to fill; find() is const for everybody else. */
		struct pci_function *f =
			(struct pci_function *)pci_functions_find(functions, addrs[i]);

		if (!f)
			continue;
		read_override(&helper, root, f);
		read_virtual_functions(&helper, root, f);
	}
	/* What is changed next takes one as well. */
	helper_keep(&helper);
}
