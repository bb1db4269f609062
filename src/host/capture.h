/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"
#include "host/root.h"

/*
 * What host_discover() would read of this host, for looking at it elsewhere with --root: only what
 * it needs, and nothing that names the machine or its owner. Device serial numbers are blanked in
 * configuration space; of the kernel command line, modprobe.d and /proc/cpuinfo only what bears on
 * devices is kept; no network address and no host name is ever read.
 */
struct capture_sink {
	void *context;
	/* Paths are relative to the host root; parents are not announced. */
	void (*directory)(void *context, const char *path);
	void (*file)(void *context, const char *path, const void *data, size_t len);
	void (*link)(void *context, const char *path, const char *target);
};

/* Adds to unreadable the paths that are there and could not be read (not root, a locked device). */
void capture_host(const struct host_root *root, const struct capture_sink *sink,
		  struct strv *unreadable);

/* A link as it is, if it is there: for the parts. */
void capture_link(const struct host_root *root, const struct capture_sink *sink, const char *path);

/* Its parts: /sys/bus/pci, the IOMMU, modules; and what has to be thinned out first. */
void capture_pci(const struct host_root *root, const struct capture_sink *sink,
		 struct strv *unreadable);
void capture_settings(const struct host_root *root, const struct capture_sink *sink,
		      struct strv *unreadable);
void capture_uses(const struct host_root *root, const struct capture_sink *sink,
		  struct strv *unreadable);
void capture_duties(const struct host_root *root, const struct capture_sink *sink,
		    struct strv *unreadable);
