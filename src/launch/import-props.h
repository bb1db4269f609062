/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/strv.h"

/* "virtio-blk-pci,drive=a,bootindex=1": QEMU's option values, where a comma is written twice. */
struct import_props {
	char *first;	    /* the word without "=" at the beginning, or NULL */
	struct strv items;  /* "drive=a"; a word alone is "word=on" */
	struct strv unread; /* the keys that nobody has asked for yet */
};

void import_props_parse(const char *value, struct import_props *ret);
void import_props_release(struct import_props *props);

/* The value of a key, or NULL; it counts as read. */
const char *import_prop(struct import_props *props, const char *key);
bool import_prop_is_on(struct import_props *props, const char *key);

/* All keys were asked for. */
bool import_props_all_read(const struct import_props *props);
