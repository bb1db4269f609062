/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "host/root.h"

/*
 * A made-up host root in a directory of its own: sysfs as Linux lays it out, with relative links,
 * so that the code under test can be given it as it is. Whatever goes wrong while it is being made
 * ends the program. Paths are relative to the root; strings that are returned are to be freed.
 */
struct tree;

struct tree *tree_new(void); /* no functions, no IOMMU, no modules */
void tree_free(struct tree *tree);
void tree_freep(struct tree **tree); /* for _cleanup_() */
struct host_root *tree_root(struct tree *tree);
const char *tree_path(const struct tree *tree); /* the root's own place on this machine */

/*
 * A PCI function behind the bridge above, or on the root bus where that is NULL. A driver that is
 * not registered yet, and a group that is not there yet (type DMA), are made along; driver NULL:
 * none is bound; group -1: the IOMMU does not cover it.
 */
void tree_add_function(struct tree *tree, const char *addr, unsigned int vendor,
		       unsigned int device, unsigned int class, const char *driver, int group,
		       const char *above);
void tree_remove_function(struct tree *tree, const char *addr);

/* module NULL: the driver is built in. */
void tree_add_driver(struct tree *tree, const char *driver, const char *module);
void tree_add_module(struct tree *tree, const char *module);
void tree_add_group(struct tree *tree, int id, const char *type, const char *reserved);
void tree_set_iommu_active(struct tree *tree, const char *unit);
void tree_set_interrupts(struct tree *tree, const char *text);

/* Attributes of a function, without the newline that the kernel puts behind each. */
void tree_set(struct tree *tree, const char *addr, const char *attribute, const char *value);
char *tree_get(struct tree *tree, const char *addr, const char *attribute);
void tree_unset(struct tree *tree, const char *addr, const char *attribute);

/* A FIFO in its place: whoever opens it to read waits. Has anyone tried? */
void tree_set_fifo(struct tree *tree, const char *addr, const char *attribute);
bool tree_fifo_was_read(struct tree *tree, const char *addr, const char *attribute);

/* Bytes of its configuration space, which grows to hold them; or only the first size ones are left. */
void tree_set_config(struct tree *tree, const char *addr, size_t offset, const void *bytes,
		     size_t len);
void tree_cut_config(struct tree *tree, const char *addr, size_t size);

/* The two links between a function and its driver, and nothing else. */
void tree_bind(struct tree *tree, const char *addr, const char *driver);
void tree_unbind(struct tree *tree, const char *addr);
char *tree_driver(struct tree *tree, const char *addr); /* NULL: none */
int tree_group(struct tree *tree, const char *addr);    /* -1: none */

void tree_mkdir(struct tree *tree, const char *path);
void tree_write(struct tree *tree, const char *path, const char *text);
char *tree_read(struct tree *tree, const char *path);
void tree_link(struct tree *tree, const char *path, const char *target);
void tree_link_outside(struct tree *tree, const char *path, const char *target);
void tree_remove(struct tree *tree, const char *path); /* with all that is below */
bool tree_has(struct tree *tree, const char *path);

/* A line for everything there is: what it is, its path, its content or target. */
char *tree_snapshot(struct tree *tree);
