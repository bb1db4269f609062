/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/error.h"

/*
 * Configuration files: sections in brackets, key=value, comments from # or ; at the start of a
 * line or after white space. The only user of inih.
 */
struct ini_line {
	const char *file;    /* as the caller named it, for messages */
	unsigned int number; /* counted from 1 */
	const char *section; /* "disk system" for [disk system]; "" before the first */
	const char *key;     /* NULL: the section's heading itself */
	const char *value;
};

/*
 * Call handler for every heading and every key, in the order of the file. It returns 0, or a
 * negative errno with err set, which ends the parse. dirfd and path are as for openat(2).
 */
int ini_read_file(int dirfd, const char *path,
		   int (*handler)(void *context, const struct ini_line *line, struct error *err),
		   void *context, struct error *err) _must_check_;

/* The same of a text that has been read, of len bytes and a NUL; name is for messages. */
int ini_read_text(const char *name, const char *text, size_t len,
		  int (*handler)(void *context, const struct ini_line *line, struct error *err),
		  void *context, struct error *err) _must_check_;
