/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "launch/guest.h"

/* What the header of a qcow2 image says of the image below it. */
struct qcow2_backing {
	char *name; /* as it is there, to be freed: a path, "nbd://...", "json:{...}"; NULL: none */
	bool raw;   /* nothing is below that one */
};

/*
 * The first size bytes of an image, of QCOW2_HEAD_MAX if it has as many. Returns 0, or -EINVAL for
 * what is no qcow2 image.
 */
#define QCOW2_HEAD_MAX 4096
int qcow2_backing_parse(const uint8_t *head, size_t size, struct qcow2_backing *ret);

/*
 * The files that a disk's image stands on, the nearest first: QEMU opens them, too, to read. One that
 * cannot be read is the last. What is no file of this host is left out, with all below it. A raw image
 * stands on nothing.
 */
void backing_chain_read(const struct guest_disk *disk, struct strv *ret);
