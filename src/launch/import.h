/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdio.h>

#include "base/error.h"
#include "base/strv.h"

/*
 * A guest file out of a QEMU command line. What has no key becomes a section [extra NAME], and what
 * has to be left out, or means something else here, is said in warnings.
 */
struct import_section {
	char *heading;	   /* "disk drive1" */
	struct strv lines; /* "key=value", and comments */
};

struct import {
	struct import_section *sections;
	size_t count;
	struct strv warnings;
	struct strv drives;  /* of "-drive if=none": an id, then its properties; taken by a -device */
	struct strv netdevs; /* of -netdev: the same */
};

/*
 * The words of the first QEMU command in text of len bytes: a shell script or a page that has one, a
 * line of ps, or /proc/PID/cmdline with its NULs. The program is the first. Lines go on behind a
 * backslash, or where the next one begins with a dash. Returns 0, or -ENOENT where there is none, or
 * -EINVAL with a message. What a shell would have replaced is left as it is, with a warning.
 */
int import_words(const char *text, size_t len, struct strv *words, struct strv *warnings,
		 struct error *err) _must_check_;

/* Understand the words; an all-zero *import is to be given, and import_release() ends it. */
void import_options(struct import *import, const struct strv *words);

/* The guest file. */
void import_print(const struct import *import, FILE *out);
void import_release(struct import *import);

/* For the parts: a line of the section with this heading, which is made if it is not there. */
void import_line(struct import *import, const char *heading, const char *fmt, ...) _printf_(3, 4);

/* The next free name of a section of this kind, "disk2"; to be freed. */
char *import_heading(const struct import *import, const char *kind);
void import_extra(struct import *import, const char *option, const char *value);

/* -drive and what a -device makes of one; false: it is not understood, and nothing was done. */
bool import_drive(struct import *import, const char *value);
bool import_device(struct import *import, const char *value);
bool import_net(struct import *import, const char *value);
bool import_netdev(struct import *import, const char *value);
